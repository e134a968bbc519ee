"""The second version's functions: whose history the database is in, and erasure, the one change the event log allows.

Never edited once released. Not here: who calls them (shared.event_log.epochs, shared.event_log.erasure).

The role kinward_eraser is of the whole cluster, so it may be there already, or not be ours to make: then the migration
goes on, and erasing says what an administrator has to run.
"""

FUNCTIONS = (
    # The timeline of the log that is being written: the last checkpoint's lags behind after a promotion, and is the
    # best there is where an account may not ask for the other, or during recovery.
    """
    CREATE FUNCTION cluster_identity(OUT system_identifier text, OUT timeline_id integer) LANGUAGE plpgsql AS $$
    BEGIN
        SELECT control.system_identifier::text INTO system_identifier FROM pg_control_system() AS control;
        timeline_id := ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::integer;
    EXCEPTION WHEN insufficient_privilege OR object_not_in_prerequisite_state OR feature_not_supported THEN
        SELECT control.system_identifier::text, checkpoint.timeline_id INTO system_identifier, timeline_id
        FROM pg_control_system() AS control, pg_control_checkpoint() AS checkpoint;
    END
    $$
    """,
    """
    CREATE FUNCTION refuse_all_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        OLD.data := NULL;
        IF current_user = 'kinward_eraser' AND NEW IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
    END
    $$
    """,
    "DROP TRIGGER append_only ON event_log",
    """
    CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON event_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER only_erasure BEFORE UPDATE ON event_log
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasure()
    """,
    # Each step by itself: one that is refused, or was just done by another service's migration, stops none after it.
    """
    DO $$
    BEGIN
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kinward_eraser') THEN
                CREATE ROLE kinward_eraser NOLOGIN;
            END IF;
        EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
            RAISE NOTICE 'the role kinward_eraser was not created: %', SQLERRM;
        END;
        BEGIN
            IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                GRANT kinward_eraser TO CURRENT_USER;
            END IF;
        EXCEPTION WHEN insufficient_privilege OR undefined_object OR unique_violation OR internal_error THEN
            RAISE NOTICE 'kinward_eraser was not granted to this account: %', SQLERRM;
        END;
        BEGIN
            GRANT SELECT, UPDATE (data) ON event_log TO kinward_eraser;
        EXCEPTION WHEN insufficient_privilege OR undefined_object THEN
            RAISE NOTICE 'kinward_eraser may not erase in this database: %', SQLERRM;
        END;
    END
    $$
    """,
)
