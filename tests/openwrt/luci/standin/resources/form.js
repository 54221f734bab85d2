'use strict';
'require baseclass';
'require dom';
'require ui';
'require uci';

/* Stand-in for LuCI's form.js: forms over configurations. */

function isEqual(one, other) {
	if (one == null || other == null)
		return one == other;

	if (Array.isArray(one) || Array.isArray(other))
		return Array.isArray(one) && Array.isArray(other) && one.length == other.length &&
			one.every(function(value, index) { return value == other[index]; });

	return typeof(one) == typeof(other) && one == other;
}

const Node = baseclass.extend({
	__init__: function(title, description) {
		this.title = title || '';
		this.description = description || '';
		this.children = [];
	}
});

const CBIMap = Node.extend({
	__init__: function(config, title, description) {
		this.super('__init__', [ title, description ]);
		this.config = config;
		this.readonly = !L.hasViewPermission();
	},

	section: function(Section, ...args) {
		const section = Section.instantiate([ this ].concat(args));

		this.children.push(section);

		return section;
	},

	load: function() {
		return uci.load(this.config).then(function() {
			return Promise.all(this.children.map(function(child) { return child.load(); }));
		}.bind(this));
	},

	render: function() {
		return this.load().then(this.renderContents.bind(this));
	},

	renderContents: function() {
		const node = this.root || (this.root = E('div', { 'id': 'cbi-%s'.format(this.config), 'class': 'cbi-map' }));

		dom.bindClassInstance(node, this);

		return Promise.all(this.children.map(function(child) { return child.render(); })).then(function(nodes) {
			dom.content(node, null);

			if (this.title)
				node.appendChild(E('h2', { 'name': 'content' }, this.title));

			if (this.description)
				node.appendChild(E('div', { 'class': 'cbi-map-descr' }, this.description));

			dom.append(node, nodes);
			node.querySelectorAll('.cbi-section-node-tabbed').forEach(function(group) {
				ui.tabs.initTabGroup(group.childNodes);
			});
			this.checkDepends();

			return node;
		}.bind(this));
	},

	findElement: function(attribute, value) {
		return this.root.querySelector('[%s="%s"]'.format(attribute, value));
	},

	lookupOption: function(name, section_id) {
		const node = this.findElement('data-field', 'cbid.%s.%s.%s'.format(this.config, section_id, name));

		return node ? dom.findClassInstance(node) : null;
	},

	checkDepends: function() {
		for (let round = 0, changed = true; changed && round < 10; round++)
			changed = this.children.map(function(child) { return child.checkDepends(); }).some(Boolean);

		ui.tabs.updateTabs(this.root);
	},

	isDependencySatisfied: function(depends, section_id) {
		return !depends.length || depends.some(function(dependency) {
			let fits = true, isReversed = false;

			Object.keys(dependency).forEach(function(name) {
				if (name == '!reverse') {
					isReversed = true;
					return;
				}

				const option = this.lookupOption(name, section_id);
				const value = option && option.isActive(section_id) ? option.formvalue(section_id) : null;

				fits = fits && isEqual(value, dependency[name]);
			}.bind(this));

			return fits != isReversed;
		}.bind(this));
	},

	parse: function() {
		return Promise.all(this.children.map(function(child) { return child.parse(); }));
	},

	save: function(callback, silent) {
		this.checkDepends();

		return this.parse().then(callback).then(uci.save.bind(uci)).then(this.load.bind(this)).catch(function(error) {
			if (!silent)
				ui.showModal(_('Save error'), [
					E('p', {}, [ _('An error occurred while saving the form:') ]),
					E('p', {}, [ E('em', { 'style': 'white-space:pre-wrap' }, [ error.message ]) ]),
					E('div', { 'class': 'right' }, [
						E('button', { 'class': 'cbi-button', 'click': ui.hideModal }, [ _('Dismiss') ])
					])
				]);

			error.isShown = !silent;

			return Promise.reject(error);
		}).then(this.renderContents.bind(this));
	},

	reset: function() {
		return this.renderContents();
	}
});

const TypedSection = Node.extend({
	__init__: function(map, type, title, description) {
		this.super('__init__', [ title, description ]);
		this.map = map;
		this.sectiontype = type;
		this.tabs = [];
	},

	tab: function(name, title, description) {
		this.tabs.push({ name: name, title: title, description: description });
	},

	option: function(Value, ...args) {
		const option = Value.instantiate([ this.map, this ].concat(args));

		this.children.push(option);

		return option;
	},

	taboption: function(tab, ...args) {
		if (!this.tabs.some(function(one) { return one.name == tab; }))
			throw new ReferenceError('Associated tab not declared');

		const option = this.option(...args);

		option.tab = tab;

		return option;
	},

	formvalue: function(section_id, name) {
		const option = this.children.find(function(child) { return child.option == name; });

		return option ? option.formvalue(section_id) : null;
	},

	cfgsections: function() {
		return uci.sections(this.map.config, this.sectiontype).map(function(section) { return section['.name']; });
	},

	each: function(fn) {
		const tasks = [];

		this.cfgsections().forEach(function(sid) {
			this.children.forEach(function(option) { tasks.push(fn(option, sid)); });
		}.bind(this));

		return tasks;
	},

	load: function() {
		return Promise.all(this.each(function(option, sid) {
			return Promise.resolve(option.load(sid)).then(function(value) { option.cfgvalue(sid, value); });
		}));
	},

	parse: function() {
		return Promise.all(this.each(function(option, sid) { return option.parse(sid); }));
	},

	checkDepends: function() {
		return this.each(function(option, sid) {
			const isActive = option.isActive(sid), isWanted = option.checkDepends(sid);

			if (isActive)
				option.triggerValidation(sid);

			return isActive != isWanted && option.setActive(sid, isWanted);
		}).some(Boolean);
	},

	handleAdd: function(ev, name) {
		uci.add(this.map.config, this.sectiontype, name);

		return this.map.save(null, true);
	},

	handleRemove: function(sid) {
		uci.remove(this.map.config, sid);

		return this.map.save(null, true);
	},

	renderAdd: function() {
		const name = this.anonymous ? '' : E('input', { 'type': 'text', 'class': 'cbi-section-create-name' });

		return E('div', { 'class': 'cbi-section-create' }, [
			name,
			E('button', {
				'class': 'btn cbi-button cbi-button-add',
				'disabled': this.map.readonly ? '' : null,
				'click': ui.createHandlerFn(this, function(ev) {
					if (!name || /^[a-zA-Z0-9_]+$/.test(name.value))
						return this.handleAdd(ev, name ? name.value : null);
				})
			}, [ this.addbtntitle || _('Add') ])
		]);
	},

	renderOne: function(sid) {
		const options = function(tab) {
			return Promise.all(this.children.filter(function(option) { return tab == null || option.tab == tab; })
				.map(function(option) { return option.render(sid); }));
		}.bind(this);

		if (!this.tabs.length)
			return options(null);

		return Promise.all(this.tabs.map(function(tab) {
			return options(tab.name).then(function(nodes) {
				return E('div', { 'data-tab': tab.name, 'data-tab-title': tab.title },
					(tab.description ? [ E('div', { 'class': 'cbi-tab-descr' }, tab.description) ] : []).concat(nodes));
			});
		}));
	},

	render: function() {
		const sids = this.cfgsections();

		return Promise.all(sids.map(this.renderOne.bind(this))).then(function(contents) {
			const node = E('div', { 'id': 'cbi-%s-%s'.format(this.map.config, this.sectiontype), 'class': 'cbi-section' });

			if (this.title)
				node.appendChild(E('h3', {}, this.title));

			if (this.description)
				node.appendChild(E('div', { 'class': 'cbi-section-descr' }, this.description));

			sids.forEach(function(sid, index) {
				if (this.addremove)
					node.appendChild(E('div', { 'class': 'cbi-section-remove right' }, [ E('button', {
						'class': 'btn cbi-button',
						'data-section-id': sid,
						'disabled': this.map.readonly ? '' : null,
						'click': ui.createHandlerFn(this, 'handleRemove', sid)
					}, [ _('Delete') ]) ]));

				if (!this.anonymous)
					node.appendChild(E('h3', {}, [ sid.toUpperCase() ]));

				node.appendChild(E('div', {
					'id': 'cbi-%s-%s'.format(this.map.config, sid),
					'class': 'cbi-section-node' + (this.tabs.length ? ' cbi-section-node-tabbed' : ''),
					'data-section-id': sid
				}, contents[index]));
			}.bind(this));

			if (!sids.length)
				node.appendChild(E('em', {}, [ _('This section contains no values yet') ]));

			if (this.addremove)
				node.appendChild(this.renderAdd());

			dom.bindClassInstance(node, this);

			return node;
		}.bind(this));
	}
});

const Value = Node.extend({
	__init__: function(map, section, option, title, description) {
		this.super('__init__', [ title, description ]);
		this.map = map;
		this.section = section;
		this.option = option;
		this.deps = [];
		this.data = {};
		this.rmempty = true;
		this.default = null;
		this.optional = false;
	},

	depends: function(name, value) {
		this.deps.push(typeof(name) == 'string' ? { [name]: value } : name);
	},

	value: function(key, words) {
		this.keylist = (this.keylist || []).concat(String(key));
		this.choices = Object.assign(this.choices || {}, { [key]: words != null ? words : String(key) });
	},

	cbid: function(sid) { return 'cbid.%s.%s.%s'.format(this.map.config, sid, this.option); },
	load: function(sid) { return uci.get(this.map.config, sid, this.option); },

	cfgvalue: function(sid, value) {
		if (arguments.length == 2)
			this.data[sid] = value;

		return this.data[sid];
	},

	getUIElement: function(sid) {
		const node = this.map.findElement('id', this.cbid(sid));
		const instance = node ? dom.findClassInstance(node) : null;

		return instance instanceof ui.AbstractElement ? instance : null;
	},

	formvalue: function(sid) {
		const element = this.getUIElement(sid);

		return element ? element.getValue() : null;
	},

	validate: function() { return true; },
	checkDepends: function(sid) { return this.map.isDependencySatisfied(this.deps, sid); },
	triggerValidation: function(sid) { return this.getUIElement(sid).triggerValidation(); },

	isActive: function(sid) {
		const field = this.map.findElement('data-field', this.cbid(sid));

		return field != null && !field.classList.contains('hidden');
	},

	setActive: function(sid, active) {
		const field = this.map.findElement('data-field', this.cbid(sid));

		/* A section that was just added has no fields yet. */
		if (field)
			field.classList.toggle('hidden', !active);

		return field != null;
	},

	invalid: function(sid) {
		return Promise.reject(new TypeError('%s %s'.format(
			_('Option "%s" contains an invalid input value.').format(this.title || this.option),
			this.getUIElement(sid).getValidationError())));
	},

	parse: function(sid) {
		if (!this.isActive(sid))
			return Promise.resolve(this.retain ? null : this.remove(sid));

		if (!this.getUIElement(sid).isValid())
			return this.invalid(sid);

		const value = this.formvalue(sid);

		if (value == null || value == '') {
			if (this.rmempty || this.optional)
				return Promise.resolve(this.remove(sid));

			return Promise.reject(new TypeError(_('Option "%s" must not be empty.').format(this.title || this.option)));
		}

		return Promise.resolve(isEqual(this.cfgvalue(sid), value) ? null : this.write(sid, value));
	},

	write: function(sid, value) { return uci.set(this.map.config, sid, this.option, value); },
	remove: function(sid) { return uci.unset(this.map.config, sid, this.option); },

	widgetOptions: function(sid) {
		return {
			id: this.cbid(sid),
			optional: this.optional || this.rmempty,
			placeholder: this.placeholder,
			password: this.password,
			sort: this.keylist,
			disabled: this.map.readonly,
			validate: this.validate.bind(this, sid)
		};
	},

	makeWidget: function(sid, value) {
		return new ui.Textfield(Array.isArray(value) ? value.join(' ') : value, this.widgetOptions(sid));
	},

	render: function(sid) {
		const given = this.cfgvalue(sid);
		const field = E('div', {
			'class': 'cbi-value' + (this.deps.length ? ' hidden' : ''),
			'data-field': this.cbid(sid),
			'data-name': this.option,
			'widget-change': this.map.checkDepends.bind(this.map)
		}, [
			E('label', { 'class': 'cbi-value-title', 'for': 'widget.' + this.cbid(sid) }, this.title),
			E('div', { 'class': 'cbi-value-field' }, [
				this.makeWidget(sid, given != null ? given : this.default).render(),
				this.description ? E('div', { 'class': 'cbi-value-description' }, this.description) : ''
			])
		]);

		dom.bindClassInstance(field, this);

		return field;
	}
});

const DynamicList = Value.extend({
	makeWidget: function(sid, value) {
		return new ui.DynamicList(L.toArray(value), null, this.widgetOptions(sid));
	}
});

const ListValue = Value.extend({
	makeWidget: function(sid, value) {
		return new ui.Select(value, this.choices, Object.assign(this.widgetOptions(sid), { optional: this.optional }));
	}
});

const Flag = Value.extend({
	__init__: function() {
		this.super('__init__', arguments);
		this.enabled = '1';
		this.disabled = '0';
		this.default = this.disabled;
	},

	makeWidget: function(sid, value) {
		return new ui.Checkbox(value, Object.assign(this.widgetOptions(sid), {
			value_enabled: this.enabled, value_disabled: this.disabled
		}));
	},

	parse: function(sid) {
		if (!this.isActive(sid))
			return Promise.resolve(this.retain ? null : this.remove(sid));

		const value = this.formvalue(sid);

		if (!this.getUIElement(sid).isValid())
			return this.invalid(sid);

		return Promise.resolve(value == this.default && (this.optional || this.rmempty)
			? this.remove(sid) : this.write(sid, value));
	}
});

return baseclass.extend({
	Map: CBIMap,
	TypedSection: TypedSection,
	Value: Value,
	DynamicList: DynamicList,
	ListValue: ListValue,
	Flag: Flag
});
