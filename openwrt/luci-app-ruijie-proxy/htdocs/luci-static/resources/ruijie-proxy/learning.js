'use strict';
'require baseclass';
'require fs';
'require request';
'require rpc';
'require ruijie-proxy.program as program';

/*
 * What the page "Learn from a capture" asks of the router. The capture is uploaded for each question
 * and deleted with its answer: the browser has it, and the router need not keep it.
 */

var PROGRAM = '/usr/libexec/ruijie-proxy-learn';
var UPLOADED = '/tmp/ruijie-proxy-learn.upload';
/* What a shell says of a program that SIGXCPU (24) has ended. */
var TOOK_TOO_LONG = 128 + 24;

/* Resolves when the router has all of the file. */
function upload(file) {
	var content = new FormData();

	content.append('sessionid', rpc.getSessionID());
	content.append('filename', UPLOADED);
	content.append('filedata', file);

	return request.post(L.env.cgi_base + '/cgi-upload', content, { timeout: 0 }).then(function(response) {
		var told = response.ok ? response.json() : null;

		if (!told || told.failure)
			throw new Error(_('The capture cannot be uploaded: %s').format(told ? told.message : response.statusText));

		if (told.size != file.size)
			throw new Error(_('The router has got a part of the capture only: is there room in its memory?'));
	});
}

function refused(error) {
	if (error.name == 'PermissionError' || /-32002/.test(error.message))
		throw new Error(_('You have no permission for this. Log in to LuCI as root.'));

	throw error;
}

return baseclass.extend({
	/* show or use. Resolves with { succeeded, text }, what the program says; rejects with an Error. */
	ask: function(task, file, account, password) {
		return upload(file).then(function() {
			return fs.exec(PROGRAM, [ program.language(), task, '--', account ], { RUIJIE_PROXY_PASSWORD: password });
		}).then(function(result) {
			var text = [ result.stdout, result.stderr ].filter(Boolean).join('\n').trim();

			if (result.code == TOOK_TOO_LONG)
				text = _('The capture takes this router too long to read. Use ruijie-proxy learn on a PC.');

			return { succeeded: result.code == 0, text: text || _('The program does not answer.') };
		}).catch(refused);
	},

	/* Resolves with a copy without what is personal, as a Blob; rejects with an Error. */
	share: function(file) {
		return upload(file).then(function() {
			return fs.exec_direct(PROGRAM, [ program.language(), 'share', '--' ], 'blob');
		}).catch(refused);
	}
});
