'use strict';
'require baseclass';
'require dom';
'require uci';

/* Stand-in for LuCI's ui.js: notifications, dialogs, tabs, and the fields of forms. */

const Element = baseclass.extend({
	isValid: function() { return this.error == null; },
	getValidationError: function() { return this.error || ''; },

	/* As validation.js: an empty value is asked for where it is not optional. */
	check: function(input, optional) {
		const value = input.value != null ? input.value : '';
		let verdict = true;

		if (value === '' && !optional)
			verdict = _('Expecting: %s').format(_('non-empty value'));
		else if (this.options.validate)
			verdict = this.options.validate(value);

		this.error = verdict === true ? null : String(verdict);
		input.classList.toggle('cbi-input-invalid', this.error != null);

		if (this.error == null)
			input.removeAttribute('data-tooltip');
		else
			input.setAttribute('data-tooltip', this.error);

		return this.error == null;
	},

	watch: function(input, optional, updates) {
		this.triggerValidation = function() { return this.check(input, optional); };
		updates.forEach(function(name) { input.addEventListener(name, this.triggerValidation.bind(this)); }.bind(this));
		input.addEventListener('change', this.changed.bind(this));
	},

	changed: function() {
		this.node.setAttribute('data-changed', true);
		this.node.dispatchEvent(new CustomEvent('widget-change', { bubbles: true }));
	},

	frame: function(content) {
		this.node = E('div', { 'id': this.options.id }, content);
		dom.bindClassInstance(this.node, this);

		return this.node;
	}
});

const Textfield = Element.extend({
	__init__: function(value, options) {
		this.value = value;
		this.options = Object.assign({ optional: true }, options);
	},

	render: function() {
		const input = this.input = E('input', {
			'id': 'widget.' + this.options.id,
			'type': this.options.password ? 'password' : 'text',
			'class': this.options.password ? 'cbi-input-password' : 'cbi-input-text',
			'placeholder': this.options.placeholder,
			'disabled': this.options.disabled ? '' : null,
			'value': this.value
		});
		const node = this.frame(this.options.password ? [ E('div', { 'class': 'control-group' }, [
			input,
			E('button', {
				'class': 'btn cbi-button cbi-button-neutral',
				'aria-label': _('Reveal/hide password'),
				'click': function(ev) {
					input.type = input.type == 'password' ? 'text' : 'password';
					ev.preventDefault();
				}
			}, [ '∗' ])
		]) ] : [ input ]);

		this.watch(input, this.options.optional, [ 'keyup', 'blur' ]);

		return node;
	},

	getValue: function() { return this.input.value; },
	setValue: function(value) { this.input.value = value; }
});

const Select = Element.extend({
	__init__: function(value, choices, options) {
		this.value = value;
		this.choices = choices || {};
		this.options = Object.assign({}, options);

		if (Object.prototype.hasOwnProperty.call(this.choices, ''))
			this.options.optional = true;
	},

	keys: function() {
		const keys = Array.isArray(this.options.sort) ? this.options.sort.slice() : Object.keys(this.choices);

		/* A value that is no choice is kept. */
		if (this.value != null && this.value !== '' && keys.indexOf(this.value) < 0)
			keys.push(this.value);

		if (this.options.optional && keys.indexOf('') < 0)
			keys.unshift('');

		return keys;
	},

	render: function() {
		const input = this.input = E('select', {
			'id': 'widget.' + this.options.id,
			'class': 'cbi-input-select',
			'disabled': this.options.disabled ? '' : null
		}, this.keys().map(function(key) {
			return E('option', { 'value': key, 'selected': key == (this.value || '') ? '' : null }, [
				this.choices[key] || (key === '' ? this.options.placeholder || _('-- Please choose --') : key)
			]);
		}.bind(this)));
		const node = this.frame([ input ]);

		this.watch(input, this.options.optional !== false || this.keys().indexOf('') < 0, [ 'change', 'click', 'blur' ]);

		return node;
	},

	getValue: function() { return this.input.value; },
	setValue: function(value) { this.input.value = value; }
});

const Checkbox = Element.extend({
	__init__: function(value, options) {
		this.value = value;
		this.options = Object.assign({ value_enabled: '1', value_disabled: '0' }, options);
	},

	render: function() {
		const input = this.input = E('input', {
			'id': 'widget.' + this.options.id,
			'type': 'checkbox',
			'checked': this.value == this.options.value_enabled ? '' : null,
			'disabled': this.options.disabled ? '' : null
		});
		const node = this.frame([ input ]);

		this.watch(input, true, [ 'click', 'blur' ]);
		node.classList.add('cbi-checkbox');

		return node;
	},

	isChecked: function() { return this.input.checked; },
	getValue: function() { return this.input.checked ? this.options.value_enabled : this.options.value_disabled; },
	setValue: function(value) { this.input.checked = value == this.options.value_enabled; }
});

const DynamicList = Element.extend({
	__init__: function(values, choices, options) {
		this.values = Array.isArray(values) ? values : (values != null && values !== '' ? [ values ] : []);
		this.options = Object.assign({}, options);
	},

	render: function() {
		const input = this.input = E('input', {
			'id': 'widget.' + this.options.id,
			'type': 'text',
			'class': 'cbi-input-text',
			'placeholder': this.options.placeholder,
			'disabled': this.options.disabled ? '' : null
		});
		const add = function() {
			if (input.value.length && !input.classList.contains('cbi-input-invalid')) {
				this.addItem(input.value);
				input.value = '';
				this.changed();
			}
		}.bind(this);

		this.adder = E('div', { 'class': 'add-item control-group' }, [
			input, E('div', { 'class': 'btn cbi-button cbi-button-add', 'click': add }, [ '+' ])
		]);
		this.frame([ this.adder ]).classList.add('cbi-dynlist');
		this.values.forEach(this.addItem.bind(this));
		this.triggerValidation = function() { return this.check(input, true); };
		[ 'keyup', 'blur' ].forEach(function(name) { input.addEventListener(name, this.triggerValidation.bind(this)); }.bind(this));
		input.addEventListener('keydown', function(ev) {
			if (ev.key == 'Enter') {
				add();
				ev.preventDefault();
			}
		});

		return this.node;
	},

	/* The same value twice is one item, as in LuCI. */
	addItem: function(value) {
		if (this.getValue().indexOf(value) >= 0)
			return;

		const item = E('div', { 'class': 'item', 'tabindex': 0, 'click': function() {
			item.remove();
			this.changed();
		}.bind(this) }, [ E('span', {}, [ value ]), E('input', { 'type': 'hidden', 'value': value }) ]);

		this.node.insertBefore(item, this.adder);
	},

	getValue: function() {
		return Array.from(this.node.querySelectorAll('.item > input')).map(function(input) { return input.value; });
	}
});

const tabs = {
	initTabGroup: function(panes) {
		const menu = E('ul', { 'class': 'cbi-tabmenu' });
		const shown = Array.from(panes).filter(function(pane) { return pane.hasAttribute && pane.hasAttribute('data-tab'); });

		if (!shown.length)
			return;

		const select = function(name) {
			shown.forEach(function(pane) { pane.setAttribute('data-tab-active', pane.getAttribute('data-tab') == name); });
			menu.querySelectorAll('li').forEach(function(item) {
				item.className = item.getAttribute('data-tab') == name ? 'cbi-tab' : 'cbi-tab-disabled';
			});
		};

		shown.forEach(function(pane) {
			const name = pane.getAttribute('data-tab');

			menu.appendChild(E('li', { 'data-tab': name }, [
				E('a', { 'href': '#', 'click': function(ev) { select(name); ev.preventDefault(); } },
					[ pane.getAttribute('data-tab-title') ])
			]));
		});
		shown[0].parentNode.insertBefore(menu, shown[0]);
		select(shown[0].getAttribute('data-tab'));
	},

	/* A tab with nothing in it is hidden. */
	updateTabs: function(root) {
		root.querySelectorAll('[data-tab-title]').forEach(function(pane) {
			const menu = pane.parentNode.querySelector('.cbi-tabmenu > [data-tab="%s"]'.format(pane.getAttribute('data-tab')));
			const isEmpty = dom.isEmpty(pane, function(node) { return node.classList.contains('cbi-tab-descr'); });

			if (menu)
				menu.style.display = isEmpty ? 'none' : '';
		});
	}
};

return baseclass.extend({
	AbstractElement: Element,
	Textfield: Textfield,
	Select: Select,
	Checkbox: Checkbox,
	DynamicList: DynamicList,
	tabs: tabs,

	changes: {
		apply: function() {
			return uci.apply().then(function() { window.location.reload(); });
		}
	},

	addNotification: function(title, children /*, ... */) {
		const message = E('div', { 'class': 'alert-message fade-in ' + this.varargs(arguments, 2).join(' ') }, [
			E('div', { 'style': 'flex:10' }, title != null ? [ E('h4', {}, title) ] : []),
			E('div', { 'style': 'text-align:right' }, [ E('button', { 'class': 'btn', 'click': function() { message.remove(); } }, [ _('Dismiss') ]) ])
		]);

		dom.append(message.firstElementChild, children);
		document.getElementById('maincontent').insertBefore(message, document.getElementById('view'));

		return message;
	},

	showModal: function(title, children) {
		const dialog = E('div', { 'class': 'modal', 'role': 'dialog', 'aria-modal': true }, [ E('h4', {}, title) ]);

		dom.append(dialog, children);
		this.hideModal();
		document.body.appendChild(E('div', { 'id': 'modal_overlay' }, [ dialog ]));

		return dialog;
	},

	hideModal: function() {
		const overlay = document.getElementById('modal_overlay');

		if (overlay)
			overlay.remove();
	},

	/* The button waits, disabled, until the function's promise is settled. */
	createHandlerFn: function(context, fn, ...bound) {
		if (typeof(fn) == 'string')
			fn = context[fn];

		if (typeof(fn) != 'function')
			return null;

		return function(ev) {
			const target = ev.currentTarget;

			target.classList.add('spinning');
			target.disabled = true;
			target.blur();
			Promise.resolve(fn.apply(context, bound.concat(ev))).finally(function() {
				target.classList.remove('spinning');
				target.disabled = false;
			});
		};
	}
});
