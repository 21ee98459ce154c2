"""An item moves by a transition and in no other way, and a transition stands for good: the database itself holds to it."""

from django.db import migrations

HOLD = """
CREATE FUNCTION queues_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.before <> '' THEN
        UPDATE queues_workitem
            SET state = NEW.after, unit = NEW.unit, team = NEW.team, holder_id = NEW.holder_id, outcome = NEW.outcome
            WHERE id = NEW.item_id AND state = NEW.before;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'Item % is not in state %.', NEW.item_id, NEW.before USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER transition_moves_item AFTER INSERT ON queues_transition
    FOR EACH ROW EXECUTE FUNCTION queues_move();

CREATE FUNCTION queues_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'new' THEN
            RAISE EXCEPTION 'An item begins as new.' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF (NEW.state, NEW.unit, NEW.team, NEW.holder_id, NEW.outcome)
        IS DISTINCT FROM (OLD.state, OLD.unit, OLD.team, OLD.holder_id, OLD.outcome) AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'An item moves by a transition alone.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER item_moves_by_transition BEFORE INSERT OR UPDATE ON queues_workitem
    FOR EACH ROW EXECUTE FUNCTION queues_hold();

CREATE FUNCTION queues_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A transition stands: % is refused.', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER transition_never_changes BEFORE UPDATE OR DELETE ON queues_transition
    FOR EACH ROW EXECUTE FUNCTION queues_refuse_change();
"""
LET_GO = """
DROP TRIGGER transition_never_changes ON queues_transition;
DROP TRIGGER item_moves_by_transition ON queues_workitem;
DROP TRIGGER transition_moves_item ON queues_transition;
DROP FUNCTION queues_refuse_change();
DROP FUNCTION queues_hold();
DROP FUNCTION queues_move();
"""


class Migration(migrations.Migration):
    dependencies = [("queues", "0001_items")]

    operations = [migrations.RunSQL(HOLD, LET_GO)]
