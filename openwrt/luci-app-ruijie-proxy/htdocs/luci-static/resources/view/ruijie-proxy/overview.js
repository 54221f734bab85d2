'use strict';
'require view';
'require dom';
'require poll';
'require ui';
'require ruijie-proxy.program as program';
'require ruijie-proxy.week as week';

/* Seconds. An answer costs a small router most of a second. */
var POLL_INTERVAL = 10;

/* Milliseconds. The chart is drawn anew so often, and some seconds after something has changed: what
 * matters is in the journal ten seconds later. */
var WEEK_INTERVAL = 15 * 60 * 1000;
var JOURNAL_DELAY = 15 * 1000;

/* So many of the newest events are read, and so many of them shown. */
var EVENTS_READ = 50;
var EVENTS_SHOWN = 15;

var GREEN = '#2e7d32';
var AMBER = '#9a5b00';
var RED = '#c62828';
var BLUE = '#1565c0';
var GREY = '#616161';

/* Words and colour of each state; one that is not here is shown as the daemon names it. */
var STATES = {
	'waiting': [ _('Waiting for the client on a PC'), BLUE ],
	'authenticating': [ _('Logging in'), AMBER ],
	'online': [ _('Online'), GREEN ],
	'backoff': [ _('Waiting before the next try'), AMBER ],
	'link-down': [ _('No link on the WAN port'), RED ],
	'stopped': [ _('Stopped'), GREY ]
};

var MODES = {
	'relay': _('The client on a PC logs in through the router.'),
	'login': _('The router logs in by itself.'),
	'auto': _('The router logs in by itself, or the client on a PC through it.'),
	'portal': _('The router logs in at a web portal.')
};

var SOURCES = {
	'server': _("as the server grants it"),
	'client': _('learned from the client'),
	'probe': _('by answering identity probes')
};

/* Why no heartbeat is sent. */
var OFF = {
	'configured': _('none is sent, as it is set'),
	'server': _('none is sent, as the campus wants none')
};

var FAILURES = {
	'credentials': _('user name or password'),
	'client-rejected': _('client not accepted'),
	'banned': _('account banned'),
	'locked': _('account locked for some time'),
	'account': _('account to be paid or reopened'),
	'agreement': _('agreement to be confirmed'),
	'binding': _('account bound to something else'),
	'address-in-use': _('address used by another device'),
	'service': _('service not allowed'),
	'dhcp': _('address not from DHCP'),
	'busy': _('logged in elsewhere'),
	'hours': _('outside the hours'),
	'again': _('try again later'),
	'captcha': _('captcha to be read'),
	'other-portal': _('another web portal'),
	'unclear-portal': _('web portal not understood'),
	'dropped': _('ended by the campus'),
	'unknown': _('unknown reason')
};

function settingsLink() {
	return E('a', { 'href': L.url('admin/services/ruijie-proxy/settings') }, [ _('Settings') ]);
}

function row(label, content) {
	return E('tr', { 'class': 'tr' }, [
		E('td', { 'class': 'td left', 'style': 'width:25%;min-width:6em' }, [ label ]),
		E('td', { 'class': 'td left', 'style': 'word-break:break-word' }, content)
	]);
}

function alertBox(kind, content) {
	return E('div', { 'class': 'alert-message ' + kind, 'style': 'word-break:break-word' }, content);
}

/* Ask before doing what cannot be taken back at once. */
function ask(question, consequence, answer, act) {
	ui.showModal(question, [
		E('p', {}, [ consequence ]),
		E('div', { 'class': 'right' }, [
			E('button', { 'class': 'btn', 'click': ui.hideModal }, [ _('Cancel') ]), ' ',
			E('button', {
				'class': 'btn cbi-button cbi-button-negative important',
				'click': ui.createHandlerFn(null, function() {
					ui.hideModal();

					return act();
				})
			}, [ answer ])
		])
	]);
}

function quoted(text) {
	return E('pre', { 'style': 'white-space:pre-wrap;word-break:break-word' }, [ text ]);
}

/* As the language has it between the members of a list; LuCI finds no message of ", " alone. */
function listed(words) {
	return words.reduce(function(before, word) {
		return _('%s, %s').format(before, word);
	});
}

function portsOf(session) {
	return session.lan
		? _('campus switch on %s, PCs on %s').format(session.wan, session.lan)
		: _('campus switch on %s').format(session.wan);
}

function heartbeatOf(heartbeat) {
	var source = SOURCES[heartbeat.source] || heartbeat.source;

	if (heartbeat.off)
		return OFF[heartbeat.off] || heartbeat.off;

	if (heartbeat.source == null)
		return _('not yet known how to send any');

	if (heartbeat.source == 'probe')
		return source;

	var rhythm = _('every %s s, %s').format(heartbeat.interval, source);

	if (!heartbeat.sent || !heartbeat.last)
		return rhythm;

	return _('%s; %d sent, the last with number %s at %s').format(
		rhythm, heartbeat.sent, heartbeat.number, program.moment(heartbeat.last));
}

function warningsOf(session) {
	var doubt = _('The switch may have ended the session, and has given no sign of it since.');

	if (session.client_needed)
		return [ alertBox('warning', [
			E('strong', {}, [ _('Start the client on the PC.') ]), ' ',
			session.doubtful ? doubt
				: _('The campus wants a proof that only it can give; without it the session will end.')
		]) ];

	return session.doubtful ? [ alertBox('warning', [ doubt ]) ] : [];
}

function udpHeartbeatOf(heartbeat) {
	return _('The campus also wants one by UDP (to %s, port %s), which only the genuine client sends: expect to be dropped after some minutes without the PC.')
		.format(heartbeat.server, heartbeat.port);
}

/* Since when a web portal does not answer, or not as one does, and when it is asked next. */
function unreadOf(portal) {
	var since = program.moment(portal.unread.since);
	var told = portal.unread.why ? _('Since %s: %s.').format(since, portal.unread.why)
		: portal.page ? _('The web portal has not answered since %s.').format(since)
		: _('Nobody has asked for a login by a web page since %s: either the port is online, or nothing answers on it.').format(since);

	return portal.next_look
		? _('%s It is asked again at %s.').format(told, program.moment(portal.next_look))
		: told;
}

/* What a session's rows say; what does not apply is left out. */
function rowsOf(session) {
	var rows = [];

	if (session.since)
		rows.push(row(_('Since'), [ program.moment(session.since) ]));

	if (session.awaits_address_since)
		rows.push(row(_('Waiting'), [
			_('For an address of the WAN port, since %s.').format(program.moment(session.awaits_address_since))
		]));

	if (session.next_try)
		rows.push(row(_('Next try'), [ program.moment(session.next_try) ]));

	if (session.asked)
		rows.push(row(_('No answer'), [
			_('The campus switch was called %d times since %s, and has not answered.').format(
				session.asked.count, program.moment(session.asked.since))
		]));

	if (session.too_long)
		rows.push(row(_('Too long'), [
			_('%d frames did not fit into the MTU of %s, the last at %s.').format(
				session.too_long.count, session.too_long.port, program.moment(session.too_long.last))
		]));

	if (session.message)
		rows.push(row(_('Message of the campus'), [ session.message ]));

	if (session.accounting)
		rows.push(row(_('Account'), [ session.accounting ]));

	if (session.heartbeat)
		rows.push(row(_('Heartbeat'), [ heartbeatOf(session.heartbeat) ]));

	if (session.portal && session.portal.page)
		rows.push(row(_('Web portal'), [ session.portal.page ]));

	if (session.portal && session.portal.unread)
		rows.push(row(session.portal.unread.why ? _('Not understood') : _('No answer'), [ unreadOf(session.portal) ]));

	if (session.udp_heartbeat)
		rows.push(row(_('Heartbeat by UDP'), [ udpHeartbeatOf(session.udp_heartbeat) ]));

	rows.push(row(_('Ports'), [ portsOf(session) ]));

	if (session.client)
		rows.push(row(_('Client'), [ session.client ]));

	if (session.server)
		rows.push(row(_('Server'), [ session.server ]));

	if (Array.isArray(session.services) && session.services.length)
		rows.push(row(_('Services offered'), [ listed(session.services) ]));

	if (session.last_failure)
		rows.push(row(session.last_failure.was_online ? _('Ended by the campus') : _('Last failure'),
			failureOf(session.last_failure)));

	return rows;
}

function failureOf(failure) {
	return [
		E('div', {}, [
			E('strong', { 'style': 'color:' + RED }, [ FAILURES[failure.kind] || failure.kind ]),
			' – ' + program.moment(failure.at)
		]),
		failure.text ? E('div', {}, [ failure.kind == 'other-portal' ? failure.text
			: _('The campus says: “%s”').format(failure.text) ]) : '',
		failure.advice ? E('div', {}, [ failure.advice ]) : ''
	];
}

/* What decides whether the history may have grown. */
function fingerprint(sessions) {
	return JSON.stringify(sessions.map(function(session) {
		return [ session.name, session.state, session.since, session.next_try, session.last_failure,
			session.client_needed, session.doubtful, session.message, session.asked && session.asked.since ];
	}));
}

return view.extend({
	load: function() {
		return Promise.all([
			program.status(),
			program.history(EVENTS_READ),
			program.isEnabled()
		]);
	},

	render: function(data) {
		this.readonly = !program.hasWritePermission();
		this.cards = {};
		this.enabled = data[2];
		this.serviceBox = E('div', { 'id': 'ruijie-proxy-service' });
		this.sessionsBox = E('div', { 'id': 'ruijie-proxy-sessions' });
		this.weekBox = E('div', { 'id': 'ruijie-proxy-week' });
		this.historyBox = E('div', { 'id': 'ruijie-proxy-history' });

		this.showHistory(data[1]);

		/* It takes a small router a second, and nobody has to wait for it. */
		this.readWeek();

		return this.showStatus(data[0]).then(L.bind(function() {
			poll.add(L.bind(this.refresh, this), POLL_INTERVAL);

			return E([], [
				E('h2', {}, [ _('Campus Network') ]),
				this.sessionsBox,
				this.weekBox,
				this.serviceBox,
				this.historyBox
			]);
		}, this));
	},

	/* What is polled. Nobody looks at a hidden page, and the router has better things to do. */
	refresh: function() {
		return document.hidden ? Promise.resolve() : this.update();
	},

	update: function() {
		if (Date.now() >= this.weekDueAt)
			this.readWeek();

		return program.status().then(L.bind(this.showStatus, this));
	},

	readWeek: function() {
		this.weekDueAt = Date.now() + WEEK_INTERVAL;

		return program.week().then(L.bind(function(answer) {
			week.show(this.weekBox, answer);
		}, this));
	},

	/* Resolves when everything is shown. */
	showStatus: function(status) {
		var known = status.obstacle || fingerprint(status.sessions);
		var isNews = this.known != null && this.known != known;

		this.known = known;

		if (isNews)
			this.weekDueAt = Math.min(this.weekDueAt, Date.now() + JOURNAL_DELAY);

		return this.showWhatIs(status).then(L.bind(function() {
			return isNews ? program.history(EVENTS_READ).then(L.bind(this.showHistory, this)) : null;
		}, this));
	},

	showWhatIs: function(status) {
		if (status.obstacle) {
			this.cards = {};

			return status.obstacle == program.NOT_RUNNING
				? this.showNotRunning()
				: this.showObstacle(status);
		}

		this.showSessions(status.sessions);
		this.showService(true);

		return Promise.resolve();
	},

	/* ---- sessions ---- */

	showSessions: function(sessions) {
		var cards = {};

		/* A card is kept, so that a button that waits for its answer goes on doing so. */
		sessions.forEach(L.bind(function(session) {
			cards[session.name] = this.cards[session.name] || this.makeCard(session.name);
			this.fillCard(cards[session.name], session);
		}, this));

		this.cards = cards;

		var nodes = sessions.map(function(session) { return cards[session.name].node; });

		if (!nodes.length)
			nodes.push(alertBox('warning', [
				_('The service runs, but has no session to look after. Add one:'), ' ', settingsLink()
			]));

		var shown = this.sessionsBox.childNodes;
		var isAsShown = shown.length == nodes.length && nodes.every(function(node, index) {
			return shown[index] === node;
		});

		/* Putting a node in anew would take the focus off its buttons. */
		if (!isAsShown)
			dom.content(this.sessionsBox, nodes);
	},

	makeCard: function(name) {
		var card = {
			name: name,
			state: E('span', { 'class': 'label', 'data-name': 'state' }),
			mode: E('div', { 'class': 'cbi-section-descr' }),
			needed: E('div'),
			rows: E('table', { 'class': 'table' }),
			result: E('em', { 'role': 'status' })
		};

		card.buttons = [
			this.makeButton(card, 'relogin', 'cbi-button-action', _('Log in')),
			this.makeButton(card, 'logout', 'cbi-button-negative', _('Log out')),
			this.makeButton(card, 'renew', 'cbi-button-neutral', _('Renew address'))
		];

		card.node = E('div', { 'class': 'cbi-section', 'data-session': name }, [
			E('h3', { 'style': 'word-break:break-word' }, [ name + ' ', card.state ]),
			card.mode,
			card.needed,
			card.rows,
			E('div', { 'style': 'display:flex;flex-wrap:wrap;gap:.5em;align-items:center;margin:.5em 0' },
				card.buttons.concat(card.result))
		]);

		return card;
	},

	makeButton: function(card, command, style, label) {
		return E('button', {
			'class': 'btn cbi-button ' + style,
			'data-command': command,
			'disabled': this.readonly || null,
			'click': ui.createHandlerFn(this, command == 'logout' ? 'askForLogout' : 'steer', card, command)
		}, [ label ]);
	},

	fillCard: function(card, session) {
		var state = STATES[session.state] || [ session.state, GREY ];

		dom.content(card.state, [ state[0] ]);
		card.state.setAttribute('style', 'color:#fff;white-space:nowrap;background:' + state[1]);
		/* In mode auto it may have turned to a portal. */
		dom.content(card.mode, [ MODES[session.portal ? 'portal' : session.mode] || session.mode ]);
		dom.content(card.needed, warningsOf(session));
		dom.content(card.rows, rowsOf(session));
		dom.content(card.buttons[0], [ session.state == 'online' ? _('Log in again') : _('Log in') ]);
	},

	askForLogout: function(card, command) {
		ask(_('Log out?'),
			_('“%s” says goodbye to the campus and does not log in again by itself.').format(card.name),
			_('Log out'), L.bind(this.steer, this, card, command));
	},

	steer: function(card, command) {
		card.buttons.forEach(function(button) { button.disabled = true; });
		dom.content(card.result, []);

		return program.steer(command, card.name).then(function(said) {
			dom.content(card.result, [ said ]);
		}).catch(function(error) {
			ui.addNotification(null, E('p', {}, [ '%s: %s'.format(card.name, error.message) ]), 'danger');
		}).then(L.bind(this.update, this)).finally(L.bind(function() {
			card.buttons.forEach(L.bind(function(button) { button.disabled = this.readonly; }, this));
		}, this));
	},

	/* ---- the service ---- */

	showService: function(isRunning) {
		var boot = (this.enabled == null) ? '' : (this.enabled
			? _('It starts with the router.')
			: _('It does not start with the router.'));

		var key = JSON.stringify([ isRunning, this.enabled ]);

		if (this.serviceKey == key)
			return;

		this.serviceKey = key;
		dom.content(this.serviceBox, [
			E('div', { 'class': 'cbi-section' }, [
				E('h3', {}, [ _('Service') ]),
				E('p', {}, [ isRunning ? _('The service is running.') : _('The service is not running.'), ' ', boot ]),
				E('div', { 'style': 'display:flex;flex-wrap:wrap;gap:.5em' }, [
					isRunning
						? this.makeServiceButton('restart', 'cbi-button-action', _('Restart'))
						: this.makeServiceButton('start', 'cbi-button-action important', _('Start')),
					isRunning ? this.makeServiceButton('stop', 'cbi-button-negative', _('Stop')) : '',
					this.enabled === false
						? this.makeServiceButton('enable', 'cbi-button-positive', _('Start with the router'))
						: '',
					this.enabled === true
						? this.makeServiceButton('disable', 'cbi-button-neutral', _('Do not start with the router'))
						: ''
				])
			])
		]);
	},

	makeServiceButton: function(action, style, label) {
		return E('button', {
			'class': 'btn cbi-button ' + style,
			'data-action': action,
			'disabled': this.readonly || null,
			'click': ui.createHandlerFn(this, action == 'stop' ? 'askForStop' : 'changeService', action)
		}, [ label ]);
	},

	askForStop: function(action) {
		ask(_('Stop the service?'),
			_('Nobody keeps the sessions alive then, and the campus ends them soon.'),
			_('Stop'), L.bind(this.changeService, this, action));
	},

	changeService: function(action) {
		return program.service(action).catch(function(error) {
			ui.addNotification(null, E('p', {}, [ error.message ]), 'danger');
		}).then(program.isEnabled).then(L.bind(function(enabled) {
			this.enabled = enabled;

			return this.update();
		}, this));
	},

	/* ---- when there is nothing to show ---- */

	showNotRunning: function() {
		return program.isRunning().then(L.bind(function(isRunning) {
			this.showService(isRunning);

			if (isRunning) {
				dom.content(this.sessionsBox, [
					alertBox('notice', [ _('The service is starting, or does not answer. The log may tell why.') ])
				]);

				return;
			}

			/* A configuration with errors is the usual reason. */
			return program.check().then(L.bind(function(answer) {
				dom.content(this.sessionsBox, [
					alertBox('warning', [
						E('strong', {}, [ _('The service is not running: nobody keeps you online.') ])
					]),
					answer.obstacle == program.MISCONFIGURED ? this.renderConfigurationErrors(answer) : ''
				]);
			}, this));
		}, this));
	},

	showObstacle: function(status) {
		if (status.obstacle == program.MISCONFIGURED) {
			dom.content(this.sessionsBox, [ this.renderConfigurationErrors(status) ]);
			this.showService(false);
		}
		else {
			dom.content(this.sessionsBox, [ alertBox('error', [ program.explain(status) ]) ]);
			dom.content(this.serviceBox, []);
			this.serviceKey = null;
		}

		return Promise.resolve();
	},

	renderConfigurationErrors: function(answer) {
		return alertBox('error', [
			E('p', {}, [ _('The settings have errors. Mend them here:'), ' ', settingsLink() ]),
			quoted(answer.text)
		]);
	},

	/* ---- history ---- */

	showHistory: function(history) {
		var newest = (history.events || []).slice(-EVENTS_SHOWN).reverse();
		var content;

		if (history.obstacle)
			content = E('p', {}, [ E('em', {}, [ program.explain(history) ]) ]);
		else if (newest.length)
			content = program.renderEvents(newest);
		else
			content = E('p', {}, [ E('em', {}, [ _('Nothing has happened yet.') ]) ]);

		dom.content(this.historyBox, [
			E('div', { 'class': 'cbi-section' }, [
				E('h3', {}, [ _('What happened lately') ]),
				content,
				newest.length ? E('a', { 'href': L.url('admin/services/ruijie-proxy/log') }, [ _('All events') ]) : ''
			])
		]);
	},

	handleSave: null,
	handleSaveApply: null,
	handleReset: null
});
