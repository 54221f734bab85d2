'use strict';
'require view';
'require dom';
'require fs';
'require ui';
'require ruijie-proxy.program as program';

var EVENTS_READ = 300;

/* Resolves with { text } or { problem }. */
function readLog() {
	return fs.exec_direct('/sbin/logread', [ '-e', 'ruijie-proxy' ]).then(function(text) {
		return { text: (text || '').trim() };
	}).catch(function(error) {
		return { problem: _('The log cannot be read: %s').format(error.message) };
	});
}

return view.extend({
	load: function() {
		return Promise.all([ readLog(), program.history(EVENTS_READ) ]);
	},

	render: function(data) {
		this.logBox = E('div', { 'id': 'ruijie-proxy-log' });
		this.historyBox = E('div', { 'id': 'ruijie-proxy-history' });
		this.show(data);

		/* Once it is in the page, where it has a height to be scrolled by. */
		requestAnimationFrame(L.bind(this.scrollToEnd, this));

		return E([], [
			E('h2', {}, [ _('Campus Network') + ' – ' + _('Log') ]),
			E('div', { 'class': 'right', 'style': 'margin-bottom:.5em' }, [
				E('button', {
					'class': 'btn cbi-button cbi-button-action',
					'data-action': 'refresh',
					'click': ui.createHandlerFn(this, 'refresh')
				}, [ _('Refresh') ])
			]),
			E('div', { 'class': 'cbi-section' }, [
				E('h3', {}, [ _('Log since the router started') ]),
				this.logBox
			]),
			E('div', { 'class': 'cbi-section' }, [
				E('h3', {}, [ _('History') ]),
				E('div', { 'class': 'cbi-section-descr' }, [
					_('The last %d events. They are kept when the router restarts. The newest is at the end.')
						.format(EVENTS_READ)
				]),
				this.historyBox
			])
		]);
	},

	refresh: function() {
		return this.load().then(L.bind(function(data) {
			this.show(data);
			this.scrollToEnd();
		}, this));
	},

	show: function(data) {
		var log = data[0], history = data[1], events = history.events || [];

		if (log.problem)
			dom.content(this.logBox, [ E('div', { 'class': 'alert-message warning' }, [ log.problem ]) ]);
		else if (!log.text)
			dom.content(this.logBox, [ E('p', {}, [ E('em', {}, [ _('The log says nothing of ruijie-proxy.') ]) ]) ]);
		else
			dom.content(this.logBox, [ E('textarea', {
				'readonly': 'readonly',
				'wrap': 'off',
				'rows': Math.min(24, log.text.split('\n').length + 1),
				'style': 'width:100%;max-width:100%;font-size:12px;font-family:monospace',
				'aria-label': _('Log')
			}, [ log.text ]) ]);

		if (history.obstacle)
			dom.content(this.historyBox, [
				E('div', { 'class': 'alert-message warning' }, [ program.explain(history) ])
			]);
		else if (!events.length)
			dom.content(this.historyBox, [ E('p', {}, [ E('em', {}, [ _('Nothing has happened yet.') ]) ]) ]);
		else
			dom.content(this.historyBox, [
				program.renderEvents(events),
				history.text ? E('p', {}, [ E('em', {}, [ history.text ]) ]) : ''
			]);
	},

	scrollToEnd: function() {
		var area = this.logBox.querySelector('textarea');

		if (area)
			area.scrollTop = area.scrollHeight;
	},

	handleSave: null,
	handleSaveApply: null,
	handleReset: null
});
