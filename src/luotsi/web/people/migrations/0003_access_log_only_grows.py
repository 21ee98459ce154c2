"""The access log only grows: the database itself refuses to change, remove or empty it."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION people_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The access log only grows: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER access_log_never_changes BEFORE UPDATE OR DELETE ON people_accesslog
    FOR EACH ROW EXECUTE FUNCTION people_refuse_change();
CREATE TRIGGER access_log_never_emptied BEFORE TRUNCATE ON people_accesslog
    FOR EACH STATEMENT EXECUTE FUNCTION people_refuse_change();
"""
ALLOW = """
DROP TRIGGER access_log_never_changes ON people_accesslog;
DROP TRIGGER access_log_never_emptied ON people_accesslog;
DROP FUNCTION people_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0002_people")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
