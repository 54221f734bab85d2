/*
 * Stand-in for LuCI's luci.js: classes, the page's nodes, polling, views, and the loader that reads
 * the 'require …' lines at the head of a file. The names and what they do are those of openwrt/luci
 * since 21.02; the code is our own.
 */
(function(window, document) {
	'use strict';

	let superOf = null;

	const Class = Object.assign(function() {}, {
		extend: function(properties) {
			const Derived = function() {
				if (Object.getPrototypeOf(this).hasOwnProperty('__init__'))
					this.__init__.apply(this, arguments);
				else
					this.super('__init__', arguments);
			};

			Derived.prototype = Object.assign(Object.create(this.prototype), properties);
			Derived.prototype.constructor = Derived;

			return Object.assign(Derived, this);
		},

		singleton: function(properties) {
			return new (this.extend(properties))();
		},

		instantiate: function(args) {
			return new this(...args);
		},

		isSubclass: function(other) {
			return typeof(other) == 'function' && other.prototype instanceof this;
		},

		prototype: {
			varargs: function(args, offset /*, ... */) {
				return Array.prototype.slice.call(arguments, 2).concat(Array.prototype.slice.call(args, offset));
			},

			super: function(key, args) {
				let base = Object.getPrototypeOf(superOf || Object.getPrototypeOf(this));

				while (base && !base.hasOwnProperty(key))
					base = Object.getPrototypeOf(base);

				if (!base)
					return null;

				const before = superOf;

				superOf = base;

				try {
					return arguments.length > 1
						? base[key].apply(this, args != null && typeof(args) == 'object' ? args : [ args ])
						: base[key];
				}
				finally {
					superOf = before;
				}
			}
		}
	});

	/* ---- nodes ---- */

	const DOM = Class.singleton({
		elem: function(value) {
			return value != null && typeof(value) == 'object' && 'nodeType' in value;
		},

		parse: function(html) {
			return document.createRange().createContextualFragment(html).firstElementChild;
		},

		matches: function(node, selector) {
			return this.elem(node) && node.matches ? node.matches(selector) : false;
		},

		/* A plain string is HTML; what is in a list is text, "null" and "undefined" included. */
		append: function(node, children) {
			if (Array.isArray(children)) {
				children.forEach(function(child) {
					node.appendChild(DOM.elem(child) ? child : document.createTextNode('' + child));
				});

				return node.lastChild;
			}

			if (typeof(children) == 'function')
				return this.append(node, children(node));

			if (this.elem(children))
				return node.appendChild(children);

			if (children !== null && children !== undefined)
				node.innerHTML = '' + children;

			return node.lastChild;
		},

		content: function(node, children) {
			while (node.firstChild)
				node.removeChild(node.firstChild);

			return this.append(node, children);
		},

		attr: function(node, attributes) {
			Object.keys(attributes || {}).forEach(function(name) {
				const value = attributes[name];

				if (value === null || value === undefined)
					return;

				if (typeof(value) == 'function')
					node.addEventListener(name, value);
				else if (typeof(value) == 'object')
					node.setAttribute(name, JSON.stringify(value));
				else
					node.setAttribute(name, value);
			});
		},

		create: function(what, attributes, children) {
			let node;

			if (!(attributes instanceof Object) || Array.isArray(attributes)) {
				children = attributes;
				attributes = null;
			}

			if (Array.isArray(what)) {
				node = document.createDocumentFragment();
				what.forEach(function(part) { node.appendChild(DOM.create(part)); });
			}
			else if (this.elem(what))
				node = what;
			else if (what.charAt(0) == '<')
				node = this.parse(what);
			else
				node = document.createElement(what);

			this.attr(node, attributes);
			this.append(node, children);

			return node;
		},

		registry: new WeakMap(),

		bindClassInstance: function(node, instance) {
			this.registry.set(node, instance);

			return instance;
		},

		findClassInstance: function(node) {
			for (; node; node = node.parentNode)
				if (this.registry.has(node))
					return this.registry.get(node);

			return null;
		},

		callClassMethod: function(node, method, ...args) {
			const instance = this.findClassInstance(node);

			return instance && typeof(instance[method]) == 'function' ? instance[method](...args) : null;
		},

		isEmpty: function(node, ignore) {
			return Array.from(node.children).every(function(child) {
				return child.classList.contains('hidden') || (ignore && ignore(child));
			});
		}
	});

	const E = window.E = function() { return DOM.create.apply(DOM, arguments); };

	/* ---- requests and polling ---- */

	const Request = Class.singleton({
		request: function(url, options) {
			return fetch(url, options).then(function(response) {
				return response.arrayBuffer().then(function(bytes) {
					const text = new TextDecoder().decode(bytes);

					return {
						ok: response.ok,
						status: response.status,
						statusText: response.statusText,
						url: url,
						text: function() { return text; },
						json: function() { return JSON.parse(text); },
						blob: function() { return new Blob([ bytes ]); }
					};
				});
			});
		},

		get: function(url) {
			return this.request(url);
		},

		post: function(url, content, options) {
			const isObject = typeof(content) == 'object' && !(content instanceof FormData);
			const headers = Object.assign({}, options && options.headers);

			if (isObject)
				headers['Content-Type'] = 'application/json';

			return this.request(url, {
				method: 'POST', headers: headers, body: isObject ? JSON.stringify(content) : content
			});
		}
	});

	const Poll = Class.singleton({
		queue: [],

		add: function(fn, interval) {
			if (typeof(fn) != 'function' || isNaN(interval) || interval <= 0)
				throw new TypeError('Invalid argument to LuCI.poll.add()');

			this.queue.push({ ready: true, interval: interval, fn: fn });

			if (this.tick != null && !this.active())
				this.start();

			return true;
		},

		start: function() {
			if (this.active())
				return false;

			this.tick = 0;

			if (this.queue.length) {
				this.timer = window.setInterval(this.step, 1000);
				this.step();
			}

			return true;
		},

		stop: function() {
			window.clearInterval(this.timer);
			delete this.timer;
			delete this.tick;
		},

		/* What still runs is not called again. */
		step: function() {
			Poll.queue.forEach(function(entry) {
				if (Poll.tick % entry.interval != 0 || !entry.ready)
					return;

				entry.ready = false;
				Promise.resolve(entry.fn()).finally(function() { entry.ready = true; });
			});
			Poll.tick++;
		},

		active: function() {
			return this.timer != null;
		}
	});

	/* ---- views ---- */

	const View = Class.extend({
		__init__: function() {
			const place = document.getElementById('view');

			DOM.content(place, E('div', { 'class': 'spinning' }, _('Loading view…')));

			return Promise.resolve(this.load())
				.then(this.render.bind(this))
				.then(function(nodes) {
					DOM.content(place, nodes);
					DOM.append(place, this.addFooter());
				}.bind(this))
				.catch(LuCI.prototype.error);
		},

		load: function() {},
		render: function() {},

		maps: function(method) {
			return Promise.all(Array.from(document.querySelectorAll('#maincontent .cbi-map')).map(function(node) {
				return DOM.callClassMethod(node, method);
			}));
		},

		handleSave: function() { return this.maps('save'); },

		handleSaveApply: function(ev, mode) {
			return this.handleSave(ev).then(function() { return classes.ui.changes.apply(mode == '0'); });
		},

		handleReset: function() { return this.maps('reset'); },

		addFooter: function() {
			if (!this.handleSaveApply && !this.handleSave && !this.handleReset)
				return E([]);

			const button = function(view, method, style, label) {
				return view[method] ? E('button', {
					'class': 'btn cbi-button ' + style,
					'disabled': L.hasViewPermission() ? null : '',
					'click': classes.ui.createHandlerFn(view, method)
				}, [ label ]) : '';
			};

			return E('div', { 'class': 'cbi-page-actions' }, [
				button(this, 'handleSaveApply', 'cbi-button-apply important', _('Save & Apply')), ' ',
				button(this, 'handleSave', 'cbi-button-save', _('Save')), ' ',
				button(this, 'handleReset', 'cbi-button-reset', _('Reset'))
			]);
		}
	});

	/* ---- the loader ---- */

	const classes = { baseclass: Class, dom: DOM, poll: Poll, request: Request, view: View };
	const DIRECTIVE = /^(?:require[ \t]+(\S+)(?:[ \t]+as[ \t]+([a-zA-Z_]\S*))?|use[ \t]+strict)$/;

	/* Read the strings at the head of a file, up to the first one that is no directive. */
	function requirementsOf(source) {
		const token = /\/\*[^]*?\*\/|\/\/[^\n]*|'([^'\\\n]*)'|"([^"\\\n]*)"|[\s;]+|([^])/g;
		const found = [];
		let match;

		while ((match = token.exec(source)) && !match[3]) {
			const text = match[1] != null ? match[1] : match[2];

			if (text == null)
				continue;

			const directive = DIRECTIVE.exec(text);

			if (!directive)
				break;

			if (directive[1])
				found.push([ directive[1], directive[2] || directive[1].replace(/[^a-zA-Z0-9_]/g, '_') ]);
		}

		return found;
	}

	const LuCI = Class.extend({
		__init__: function(env) {
			this.env = env;

			/* A form that refuses to be saved has told the user; nobody else waits for its promise. */
			window.addEventListener('unhandledrejection', function(ev) {
				if (ev.reason && ev.reason.isShown)
					ev.preventDefault();
			});
		},

		require: function(name) {
			if (classes[name] == null)
				classes[name] = this.loadClass(name);

			return Promise.resolve(classes[name]);
		},

		loadClass: function(name) {
			const url = '%s/%s.js'.format(this.env.base_url, name.replace(/\./g, '/'));

			return Request.get(url).then(function(response) {
				if (!response.ok)
					throw new Error('HTTP error %d while loading class file "%s"'.format(response.status, url));

				const source = response.text();
				const required = requirementsOf(source);

				return Promise.all(required.map(function(one) { return L.require(one[0]); })).then(function(instances) {
					const names = required.map(function(one) { return ', ' + one[1]; }).join('');
					const factory = (0, eval)('(function(window, document, L' + names + ') { ' + source +
						' })\n\n//# sourceURL=' + url + '\n');
					const Made = factory.apply(factory, [ window, document, L ].concat(instances));

					if (!Class.isSubclass(Made))
						throw new TypeError('"%s" factory yields invalid constructor'.format(name));

					return classes[name] = new Made();
				});
			});
		},

		start: function(view) {
			return Promise.all([ this.require('ui'), this.require('rpc'), this.require('form') ]).then(function() {
				Poll.start();

				return L.require('view.' + view.replace(/\//g, '.'));
			}).catch(this.error);
		},

		error: function(error) {
			classes.ui.addNotification(error.name || _('Runtime error'), E('pre', {}, [ error.message ]), 'danger');
			console.error(error.stack || error.message);
			throw error;
		},

		bind: function(fn, self, ...args) { return Function.prototype.bind.call(fn, self, ...args); },
		isObject: function(value) { return value != null && typeof(value) == 'object'; },
		resolveDefault: function(value, fallback) { return Promise.resolve(value).catch(function() { return fallback; }); },
		url: function(...parts) { return [ this.env.scriptname ].concat(parts).join('/'); },

		toArray: function(value) {
			if (value == null)
				return [];
			if (Array.isArray(value))
				return value;
			if (typeof(value) == 'object')
				return [ value ];

			const text = String(value).trim();

			return text == '' ? [] : text.split(/\s+/);
		},

		hasViewPermission: function() {
			return this.env.nodespec.satisfied ? !this.env.nodespec.readonly : null;
		}
	});

	window.LuCI = LuCI;
})(window, document);
