'use strict';
'require baseclass';
'require request';

/* Stand-in for LuCI's rpc.js: calls of ubus by JSON-RPC. */

let lastId = 0;

const STATUS_TEXTS = [
	'Command OK', 'Invalid command', 'Invalid argument', 'Method not found', 'Resource not found',
	'No data received', 'Permission denied', 'Request timeout', 'Not supported'
];

return baseclass.extend({
	getSessionID: function() {
		return L.env.sessionid;
	},

	getStatusText: function(code) {
		return _(STATUS_TEXTS[code] || 'Unknown error code');
	},

	declare: function(options) {
		return function(...args) {
			const params = {};

			(options.params || []).forEach(function(name, index) { params[name] = args[index]; });

			return request.post(L.url('admin/ubus'), {
				jsonrpc: '2.0', id: ++lastId, method: 'call',
				params: [ L.env.sessionid, options.object, options.method, params ]
			}).then(function(response) {
				const message = response.json();

				if (message.error) {
					const error = new Error('RPC call to %s/%s failed with error %d: %s'.format(
						options.object, options.method, message.error.code, message.error.message));

					error.name = 'RPCError';
					throw error;
				}

				let result = message.result.length > 1 ? message.result[1] : message.result[0];

				for (const key in (options.expect || {})) {
					const expected = options.expect[key];

					if (result != null && key != '')
						result = result[key];

					if (Object.prototype.toString.call(result) != Object.prototype.toString.call(expected))
						result = expected;
				}

				return result;
			});
		};
	}
});
