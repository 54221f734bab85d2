"""Options arrive in an endpoint's process as they were sent."""

from __future__ import annotations

import json

import pytest

from ruijie_proxy.lab.loss import Loss
from ruijie_proxy.lab.options import (
    Challenges,
    ClientOptions,
    Dialect,
    Group,
    SuccessShape,
    SwitchOptions,
)
from ruijie_proxy.lab.options_json import options_from_json, options_to_json
from ruijie_proxy.protocol.edition import Edition


@pytest.mark.parametrize(
    "options",
    [
        SwitchOptions(),
        SwitchOptions(
            users={"学生": "密码"},
            edition=Edition.SECOND,
            success=SuccessShape.TRAILED,
            first_success=SuccessShape.BARE,
            challenges=Challenges.TWO_SAME,
            services=("教育网接入",),
            keys=(1, 2),
            probe_interval=5.0,
            inward=Loss(0.1, 0.2),
        ),
        SwitchOptions(
            dialect=Dialect.RUIJIE_V2,
            code_section=bytes(range(64)).hex(),
            code_version=(4, 10),
            refusals=("密码不匹配", "账号被封"),
        ),
        ClientOptions(),
        ClientOptions(edition=Edition.SECOND, start_group=Group.BOTH, key=7, heartbeat_interval=1),
        ClientOptions(client_version="1.31", extra_properties=((0x6B, "00"), (0x7E, "0102"))),
    ],
)
def test_options_survive_the_way_through_json(options: SwitchOptions | ClientOptions) -> None:
    line = json.dumps(options_to_json(options))

    read = options_from_json(type(options), json.loads(line))

    assert read == options
    assert repr(read) == repr(options)


def test_an_option_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        options_from_json(SwitchOptions, {"colour": "blue"})


def test_a_value_that_an_option_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="modernist"):
        options_from_json(SwitchOptions, {"success": "modernist"})


def test_a_list_of_another_length_than_an_option_s_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        options_from_json(SwitchOptions, {"code_version": [4]})
