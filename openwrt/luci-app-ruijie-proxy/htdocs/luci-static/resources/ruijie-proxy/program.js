'use strict';
'require baseclass';
'require fs';
'require rpc';

/*
 * What the pages ask the router, and how they show its answers. Whatever comes from the network
 * (names, the server's words) is put into the page as text: E() and dom.content() read a plain
 * string as HTML, but the strings in a list as text. They write out a null in a list, too: what is
 * not to be there is ''.
 */

var PROGRAM = '/usr/bin/ruijie-proxy';
var INIT_SCRIPT = '/etc/init.d/ruijie-proxy';

/* The program's exit codes. */
var CONFIGURATION_IS_WRONG = 2;
var NO_DAEMON = 6;

/* Why there is no answer. */
var ABSENT = 'absent';
var FORBIDDEN = 'forbidden';
var NOT_RUNNING = 'not-running';
var MISCONFIGURED = 'misconfigured';
var FAILED = 'failed';

var MOMENT = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})/;

var LEVEL_COLOURS = { error: '#c62828', warning: '#9a5b00', notice: '#2e7d32' };

var callServiceList = rpc.declare({
	object: 'service',
	method: 'list',
	params: [ 'name' ],
	expect: { '': {} }
});

/* The program speaks the language that the page is shown in. */
function language() {
	return /^zh/i.test(document.documentElement.lang || '') ? 'zh' : 'en';
}

function inLanguage(args) {
	return [ '--lang', language() ].concat(args);
}

function obstacleOf(error) {
	if (error.name == 'NotFoundError')
		return { obstacle: ABSENT };

	/* rpcd refuses the command, or uhttpd the whole call. */
	if (error.name == 'PermissionError' || /-32002/.test(error.message))
		return { obstacle: FORBIDDEN };

	return { obstacle: FAILED, text: error.message };
}

function run(args) {
	return fs.exec(PROGRAM, inLanguage(args)).then(function(result) {
		var said = (result.stderr || result.stdout || '').trim();

		if (result.code == NO_DAEMON)
			return { obstacle: NOT_RUNNING, text: said };

		if (result.code == CONFIGURATION_IS_WRONG)
			return { obstacle: MISCONFIGURED, text: said };

		if (result.code)
			return { obstacle: FAILED, text: said };

		return { out: result.stdout || '', remarks: (result.stderr || '').trim() };
	}).catch(obstacleOf);
}

function eventsIn(text) {
	var events = [];

	text.split('\n').forEach(function(line) {
		try {
			var event = JSON.parse(line);

			if (L.isObject(event))
				events.push(event);
		}
		catch (error) {
			/* An empty line, or one that was cut off: the others are worth showing. */
		}
	});

	return events;
}

/* What is told of sessions: an object with a list of them, or { obstacle, text }. */
function objectIn(text) {
	try {
		var told = JSON.parse(text);

		if (L.isObject(told) && Array.isArray(told.sessions))
			return told;
	}
	catch (error) {
		return { obstacle: FAILED, text: error.message };
	}

	return { obstacle: FAILED, text: text };
}

return baseclass.extend({
	language: language,

	ABSENT: ABSENT,
	FORBIDDEN: FORBIDDEN,
	NOT_RUNNING: NOT_RUNNING,
	MISCONFIGURED: MISCONFIGURED,

	/* Resolves with { sessions: [] }, or { obstacle, text }. */
	status: function() {
		return run([ 'status', '--json' ]).then(function(answer) {
			return answer.obstacle ? answer : objectIn(answer.out);
		});
	},

	/* Resolves with { events: [], text }, oldest first, or { obstacle, text }. */
	history: function(count) {
		return run([ 'history', '--json', '-n', String(count) ]).then(function(answer) {
			return answer.obstacle ? answer : { events: eventsIn(answer.out), text: answer.remarks };
		});
	},

	/* Resolves with the last days of each session (docs/control.md), or { obstacle, text }. */
	week: function() {
		return run([ 'history', '--chart', '--json' ]).then(function(answer) {
			return answer.obstacle ? answer : objectIn(answer.out);
		});
	},

	/* Resolves with { text }, which is empty where all is well, or { obstacle, text }. */
	check: function() {
		return run([ 'check' ]).then(function(answer) {
			return answer.obstacle ? answer : { text: answer.remarks };
		});
	},

	/* logout, relogin or renew. Resolves with what the program says, or rejects with an Error. */
	steer: function(command, session) {
		return run([ command, '--', session ]).then(L.bind(function(answer) {
			if (answer.obstacle)
				throw new Error(this.explain(answer));

			return answer.out.trim();
		}, this));
	},

	/* Resolves with whether procd runs the daemon. */
	isRunning: function() {
		return callServiceList('ruijie-proxy').then(function(services) {
			var instances = L.isObject(services['ruijie-proxy'])
				? services['ruijie-proxy'].instances : null;

			return Object.keys(instances || {}).some(function(name) {
				return instances[name].running === true;
			});
		}).catch(function() {
			return false;
		});
	},

	/* Resolves with whether the daemon is started at boot; null where that cannot be known. */
	isEnabled: function() {
		return fs.exec(INIT_SCRIPT, [ 'enabled' ]).then(function(result) {
			return result.code == 0;
		}).catch(function() {
			return null;
		});
	},

	/* start, stop, restart, enable or disable. Rejects with an Error. */
	service: function(action) {
		return fs.exec(INIT_SCRIPT, [ action ]).then(function(result) {
			if (result.code)
				throw new Error((result.stderr || result.stdout || '').trim() ||
					_('The command ended with code %d.').format(result.code));
		});
	},

	explain: function(answer) {
		switch (answer.obstacle) {
		case ABSENT:
			return _('The program ruijie-proxy is not installed on this router.');

		case FORBIDDEN:
			return _('You have no permission for this. Log in to LuCI as root.');

		case NOT_RUNNING:
			return _('The service is not running.');

		default:
			return answer.text || _('The program does not answer.');
		}
	},

	/* "2026-11-23T13:00:00+08:00" as the clock on the router's wall shows it. */
	moment: function(text) {
		var parts = MOMENT.exec(String(text));

		return parts ? parts[1] + ' ' + parts[2] : String(text);
	},

	hasWritePermission: function() {
		return L.hasViewPermission() === true;
	},

	/* A table of events, in the order given. */
	renderEvents: function(events) {
		var rows = events.map(L.bind(function(event) {
			var text = event.repeated
				? _('%s (%d times more)').format(event.text, event.repeated)
				: String(event.text);

			return E('tr', { 'class': 'tr', 'data-level': event.level }, [
				E('td', { 'class': 'td left', 'data-title': _('Time'), 'style': 'white-space:nowrap' },
					[ this.moment(event.at) ]),
				E('td', { 'class': 'td left', 'data-title': _('Session') }, [ event.session || '–' ]),
				E('td', {
					'class': 'td left',
					'data-title': _('What happened'),
					'style': 'word-break:break-word;' +
						(LEVEL_COLOURS[event.level] ? 'color:' + LEVEL_COLOURS[event.level] : '')
				}, [ text ])
			]);
		}, this));

		return E('table', { 'class': 'table' }, [
			E('tr', { 'class': 'tr table-titles' }, [
				E('th', { 'class': 'th left', 'style': 'width:11em' }, [ _('Time') ]),
				E('th', { 'class': 'th left', 'style': 'width:8em' }, [ _('Session') ]),
				E('th', { 'class': 'th left' }, [ _('What happened') ])
			])
		].concat(rows));
	}
});
