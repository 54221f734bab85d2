"""What web portals say, above all Ruijie's old ePortal: texts ⇄ values (docs/portal.md)."""
