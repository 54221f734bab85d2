"""``python -m ruijie_proxy``: the same as the command ``ruijie-proxy``."""

from ruijie_proxy.cli import main

main()
