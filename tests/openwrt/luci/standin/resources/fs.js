'use strict';
'require baseclass';
'require request';
'require rpc';

/* Stand-in for LuCI's fs.js: programs on the router, by ubus and by cgi-io. */

const ERROR_NAMES = [
	null, 'InvalidCommandError', 'InvalidArgumentError', 'MethodNotFoundError', 'NotFoundError',
	'NoDataError', 'PermissionError', 'TimeoutError', 'UnsupportedError'
];

const callExec = rpc.declare({ object: 'file', method: 'exec', params: [ 'command', 'params', 'env' ] });

function named(name, text) {
	return Object.assign(new Error(text), { name: name });
}

return baseclass.extend({
	exec: function(command, params, env) {
		return callExec(command, Array.isArray(params) ? params : null, L.isObject(env) ? env : null).then(function(result) {
			if (typeof(result) == 'number' && result != 0)
				throw named(ERROR_NAMES[result] || 'Error', rpc.getStatusText(result));

			if (!L.isObject(result))
				throw named('TypeError', _('Unexpected reply data format'));

			return result;
		});
	},

	exec_direct: function(command, params, type) {
		const line = [ command ].concat(params || []).map(function(word) {
			return String(word).replace(/\\/g, '\\\\').replace(/(\s)/g, '\\$1');
		}).join(' ');

		return request.post(L.env.cgi_base + '/cgi-exec',
			'sessionid=%s&command=%s'.format(encodeURIComponent(L.env.sessionid), encodeURIComponent(line)),
			{ headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }
		).then(function(response) {
			switch (response.status) {
			case 200:
				return type == 'blob' ? response.blob() : response.text();
			case 403:
				throw named('PermissionError', response.statusText);
			case 404:
				throw named('NotFoundError', response.statusText);
			default:
				throw named('Error', response.statusText);
			}
		});
	}
});
