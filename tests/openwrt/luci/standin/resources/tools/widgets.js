'use strict';
'require baseclass';
'require form';
'require ui';

/* Stand-in for LuCI's tools/widgets.js: the choice of a network device. */

/* Where a value is required, the first device is chosen unless another one is preset. */
const DeviceSelect = form.ListValue.extend({
	makeWidget: function(sid, value) {
		const choices = {}, mayBeEmpty = this.optional || this.rmempty;

		L.env.devices.forEach(function(name) { choices[name] = name; });

		return new ui.Select(value || (mayBeEmpty ? null : L.env.devices[0]), choices,
			Object.assign(this.widgetOptions(sid), {
				sort: L.env.devices, optional: mayBeEmpty, placeholder: _('unspecified')
			}));
	}
});

return baseclass.extend({ DeviceSelect: DeviceSelect });
