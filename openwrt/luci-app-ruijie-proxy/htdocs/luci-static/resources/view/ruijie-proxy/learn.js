'use strict';
'require view';
'require dom';
'require ui';
'require ruijie-proxy.program as program';
'require ruijie-proxy.learning as learning';

/* Bytes: the router keeps the file in its memory meanwhile. */
var LARGEST_FILE = 8 * 1024 * 1024;
var MEBIBYTE = 1024 * 1024;

/* A field with its label. */
function field(title, input, help) {
	return E('div', { 'class': 'cbi-value' }, [
		E('label', { 'class': 'cbi-value-title', 'for': input.id }, [ title ]),
		E('div', { 'class': 'cbi-value-field' }, [
			input,
			help ? E('div', { 'class': 'cbi-value-description' }, [ help ]) : ''
		])
	]);
}

function notice(kind, text) {
	return E('div', { 'class': 'alert-message ' + kind, 'style': 'white-space:pre-wrap' }, [ text ]);
}

return view.extend({
	render: function() {
		var mayWrite = program.hasWritePermission();

		this.file = E('input', { 'type': 'file', 'id': 'ruijie-proxy-capture', 'accept': '.pcap,.pcapng,.cap,.gz' });
		this.account = E('input', { 'type': 'text', 'id': 'ruijie-proxy-account', 'class': 'cbi-input-text', 'autocomplete': 'off' });
		this.password = E('input', { 'type': 'password', 'id': 'ruijie-proxy-password', 'class': 'cbi-input-password', 'autocomplete': 'new-password' });
		this.findings = E('div', { 'id': 'ruijie-proxy-findings' });

		/* What was found of another file, or for another account, is not to be used. */
		[ this.file, this.account, this.password ].forEach(L.bind(function(input) {
			input.addEventListener('change', L.bind(this.clear, this));
		}, this));

		return E([], [
			E('h2', {}, [ _('Campus Network') + ' – ' + _('Learn from a capture') ]),
			E('div', { 'class': 'cbi-map-descr' }, [
				_('Record one login of the campus\'s own client on a PC, with Wireshark for example: from before the client starts until some minutes after it is online. The router reads from it what this campus wants, and, with the password, whether it can log in by itself.')
			]),
			mayWrite ? '' : notice('warning', _('You have no permission for this. Log in to LuCI as root.')),
			E('div', { 'class': 'cbi-section' }, [
				field(_('Capture'), this.file, _('A pcap or pcapng file of at most 8 MB. It is deleted from the router as soon as it was read.')),
				field(_('User name'), this.account, _('Your campus account. Left empty, it is that of the capture.')),
				field(_('Password'), this.password, _('To make each packet of the client anew and compare. It is not kept, unless you use the settings.')),
				E('div', { 'class': 'cbi-value' }, [
					E('div', { 'class': 'cbi-value-field' }, [
						this.button('show', 'action', _('Read the capture'), mayWrite), ' ',
						this.button('share', 'neutral', _('Share without personal data'), mayWrite)
					])
				])
			]),
			this.findings
		]);
	},

	button: function(task, kind, title, enabled) {
		return E('button', {
			'class': 'btn cbi-button cbi-button-' + kind,
			'data-action': task,
			'disabled': enabled ? null : 'disabled',
			'click': ui.createHandlerFn(this, task)
		}, [ title ]);
	},

	clear: function() {
		dom.content(this.findings, []);
	},

	/* Resolves with the file; rejects with what is wrong. */
	chosen: function() {
		var file = this.file.files[0];

		if (!file)
			return Promise.reject(new Error(_('Choose a capture first.')));

		if (file.size > LARGEST_FILE)
			return Promise.reject(new Error(_('The file has %s MB, and the router takes 8. Record again with nothing else going on, or save the packets of EAPOL, DHCP and ARP alone.')
				.format((file.size / MEBIBYTE).toFixed(1))));

		return Promise.resolve(file);
	},

	/* Shows what keeps a promise from being kept. */
	telling: function(promise) {
		return promise.catch(L.bind(function(error) {
			dom.content(this.findings, [ notice('error', error.message) ]);
		}, this));
	},

	show: function() {
		this.clear();

		return this.telling(this.chosen().then(L.bind(function(file) {
			return learning.ask('show', file, this.account.value, this.password.value);
		}, this)).then(L.bind(function(answer) {
			dom.content(this.findings, [
				E('h3', {}, [ _('What the capture teaches') ]),
				E('pre', { 'style': 'white-space:pre-wrap' }, [ answer.text ]),
				answer.succeeded
					? E('div', { 'class': 'right' }, [ this.button('use', 'save', _('Use these settings'), true) ])
					: ''
			]);
		}, this)));
	},

	use: function() {
		return this.telling(this.chosen().then(L.bind(function(file) {
			return learning.ask('use', file, this.account.value, this.password.value);
		}, this)).then(L.bind(function(answer) {
			if (!answer.succeeded)
				throw new Error(answer.text);

			this.password.value = '';
			dom.content(this.findings, [
				notice('success', _('The settings are in use. The overview tells how it goes.')),
				E('pre', { 'style': 'white-space:pre-wrap' }, [ answer.text ])
			]);
		}, this)));
	},

	share: function() {
		return this.telling(this.chosen().then(function(file) {
			return learning.share(file);
		}).then(L.bind(function(blob) {
			var address = URL.createObjectURL(blob);

			dom.content(this.findings, [
				notice('success', _('The copy has no names, addresses and digests. The server\'s texts are in it and may tell more of you: read them before you publish it.')),
				E('p', {}, [ E('a', { 'class': 'btn cbi-button', 'href': address, 'download': 'login-public.pcapng' }, [ _('Save the copy') ]) ])
			]);
		}, this)));
	},

	handleSave: null,
	handleSaveApply: null,
	handleReset: null
});
