'use strict';
'require baseclass';
'require rpc';

/* Stand-in for LuCI's uci.js: configurations, and what is to be changed in them. */

const call = function(method, params) {
	return rpc.declare({ object: 'uci', method: method, params: params });
};
const callGet = call('get', [ 'config' ]);
const callSet = call('set', [ 'config', 'section', 'values' ]);
const callAdd = call('add', [ 'config', 'type', 'name' ]);
const callDelete = call('delete', [ 'config', 'section', 'options' ]);
const callApply = call('apply', [ 'timeout', 'rollback' ]);
const callConfirm = call('confirm', []);

return baseclass.extend({
	__init__: function() {
		this.values = {};
		this.forget();
	},

	forget: function() {
		this.changed = {};
		this.unsetOptions = {};
		this.added = {};
		this.removed = {};
	},

	/* What is not loaded is fetched; a denied configuration is an error, as since 24.10. */
	load: function(configs) {
		return Promise.all(L.toArray(configs).map(function(config) {
			if (this.values[config])
				return null;

			return callGet(config).then(function(reply) {
				if (typeof(reply) == 'number')
					throw new Error(rpc.getStatusText(reply));

				this.values[config] = reply.values;
			}.bind(this));
		}.bind(this)));
	},

	unload: function(configs) {
		L.toArray(configs).forEach(function(config) { delete this.values[config]; }.bind(this));
	},

	sections: function(config, type, callback) {
		const found = Object.values(this.values[config] || {})
			.filter(function(section) { return !(section['.name'] in this.removed); }.bind(this))
			.concat(Object.values(this.added))
			.filter(function(section) { return type == null || section['.type'] == type; })
			.map(function(section) { return Object.assign({}, section, this.changed[section['.name']]); }.bind(this));

		found.sort(function(one, other) { return one['.index'] - other['.index']; });

		if (callback)
			found.forEach(function(section) { callback(section, section['.name']); });

		return found;
	},

	get: function(config, sid, option) {
		if (sid in this.removed)
			return null;

		const section = Object.assign({}, (this.values[config] || {})[sid], this.added[sid], this.changed[sid]);

		(this.unsetOptions[sid] || []).forEach(function(name) { delete section[name]; });

		if (!section['.name'])
			return null;

		if (option == null)
			return section;

		return section[option] == null ? null : section[option];
	},

	set: function(config, sid, option, value) {
		if (value == null || value === '' || (Array.isArray(value) && !value.length)) {
			this.unset(config, sid, option);
			return;
		}

		this.unsetOptions[sid] = (this.unsetOptions[sid] || []).filter(function(name) { return name != option; });
		this.changed[sid] = this.changed[sid] || {};
		this.changed[sid][option] = value;
	},

	unset: function(config, sid, option) {
		if (this.changed[sid])
			delete this.changed[sid][option];

		if (((this.values[config] || {})[sid] || {})[option] != null)
			this.unsetOptions[sid] = (this.unsetOptions[sid] || []).concat(option);
	},

	add: function(config, type, name) {
		const sid = name || 'new%d'.format(Date.now());

		this.added[sid] = { '.name': sid, '.type': type, '.anonymous': !name, '.index': 1000 + Object.keys(this.added).length };

		return sid;
	},

	remove: function(config, sid) {
		if (sid in this.added)
			delete this.added[sid];
		else
			this.removed[sid] = true;

		delete this.changed[sid];
		delete this.unsetOptions[sid];
	},

	/* As far as the pages go, one configuration alone is changed. */
	save: function() {
		const config = 'ruijie-proxy';
		const tasks = [];

		Object.values(this.added).forEach(function(section) {
			tasks.push(function() {
				return callAdd(config, section['.type'], section['.anonymous'] ? null : section['.name']);
			});
		});
		Object.keys(this.changed).forEach(function(sid) {
			if (Object.keys(this.changed[sid]).length)
				tasks.push(callSet.bind(null, config, sid, this.changed[sid]));
		}.bind(this));
		Object.keys(this.unsetOptions).forEach(function(sid) {
			if (this.unsetOptions[sid].length)
				tasks.push(callDelete.bind(null, config, sid, this.unsetOptions[sid]));
		}.bind(this));
		Object.keys(this.removed).forEach(function(sid) {
			tasks.push(callDelete.bind(null, config, sid, null));
		});
		this.forget();

		return tasks.reduce(function(done, task) {
			return done.then(task).then(function(reply) {
				if (typeof(reply) == 'number' && reply != 0)
					throw new Error(rpc.getStatusText(reply));
			});
		}, Promise.resolve()).then(function() {
			this.unload(config);

			return this.load(config);
		}.bind(this));
	},

	apply: function() {
		return callApply(10, true).then(callConfirm);
	}
});
