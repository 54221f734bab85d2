'use strict';
'require baseclass';
'require form';
'require ui';

/* Stand-in for LuCI's tools/widgets.js: the choice of a network device. */

const DeviceSelect = form.ListValue.extend({
	makeWidget: function(sid, value) {
		const choices = {};

		L.env.devices.forEach(function(name) { choices[name] = name; });

		return new ui.Select(value, choices, Object.assign(this.widgetOptions(sid), {
			sort: L.env.devices, optional: true, placeholder: _('unspecified'), validate: function(chosen) {
				return chosen !== '' || this.rmempty || this.optional
					? this.validate(sid, chosen) : _('Expecting: %s').format(_('non-empty value'));
			}.bind(this)
		}));
	}
});

return baseclass.extend({ DeviceSelect: DeviceSelect });
