"""Which kind of session a configuration asks for.

What only the router's own logins need is imported when there is one: a relay does without it.
"""

from __future__ import annotations

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.runtime.basis.chance import chance
from ruijie_proxy.runtime.basis.clock import time_of_week

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.engine.keeping.session import Session
    from ruijie_proxy.engine.login_memory import LoginMemory
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.protocol.clients.client_profile import ClientProfile


def make_session(
    configuration: SessionConfiguration,
    facts: RouterFacts,
    link_up: bool,
    memory: LoginMemory | None = None,
    profile: ClientProfile | None = None,
) -> Session:
    """Make the engine's session for one of the configuration.

    ``memory`` and ``profile`` are what was remembered and learned, for the router's own logins.
    """
    settings, login = configuration.settings, configuration.settings.login
    if configuration.mode is Mode.RELAY or login is None:
        from ruijie_proxy.engine.relay.relay_session import RelaySession

        return RelaySession(settings, facts, link_up)
    from ruijie_proxy.engine.login_memory import LoginMemory, settings_digest

    remembered = (memory or LoginMemory()).for_settings(settings_digest(login))
    if configuration.mode is Mode.LOGIN:
        from ruijie_proxy.engine.login.login_session import LoginSession

        return LoginSession(
            settings,
            login,
            facts,
            link_up,
            remembered,
            profile,
            chance,
            local_time=time_of_week,
        )

    if configuration.mode is Mode.PORTAL:
        from ruijie_proxy.engine.portal.portal_session import PortalSession

        return PortalSession(
            settings, login, facts, link_up, remembered, chance, local_time=time_of_week
        )
    from ruijie_proxy.engine.auto.turning_session import TurningSession

    return TurningSession(
        settings, login, facts, link_up, remembered, profile, chance, time_of_week
    )
