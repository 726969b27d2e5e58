-- A login that serves is a member of the application's roles and of no owner. It migrates nothing,
-- and sees what was: a node does not start on another shape than its own.

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

GRANT SELECT ON public.entaku_migration TO entaku_app;
