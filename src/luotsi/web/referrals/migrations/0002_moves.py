"""A referral moves by a transition alone, is passed on by a consent alone, and what is withdrawn is erased: the
database itself holds to it.
"""

from django.db import migrations

HOLD = """
CREATE FUNCTION referrals_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.before = '' THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM referrals_referral WHERE id = NEW.referral_id AND state = NEW.before FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Referral % is not in state %.', NEW.referral_id, NEW.before USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.after IN ('consented', 'waiting', 'sent') AND NOT EXISTS (
        SELECT 1 FROM referrals_consent AS c JOIN referrals_referral AS f ON f.id = c.referral_id
            JOIN referrals_receiver AS r ON r.id = f.receiver_id AND r.organisation_id = c.organisation_id
        WHERE c.referral_id = NEW.referral_id AND c.ended_at IS NULL
    ) THEN
        RAISE EXCEPTION 'No consent lets referral % be passed on.', NEW.referral_id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.after = 'withdrawn' THEN
        DELETE FROM referrals_meeting WHERE referral_id = NEW.referral_id;
        DELETE FROM referrals_score WHERE referral_id = NEW.referral_id;
        UPDATE referrals_consent SET items = '{}', ended_at = coalesce(ended_at, NEW.at)
            WHERE referral_id = NEW.referral_id;
        UPDATE referrals_referral
            SET state = NEW.after, person_id = NULL, link_worker_id = NULL, origin_id = '', reason = '', goals = '',
                language = '', access_needs = '', phone = '', email = '', decline_text = '', closing = '',
                own_words = '', minor_mark = ''
            WHERE id = NEW.referral_id;
    ELSE
        UPDATE referrals_referral
            SET state = NEW.after, outcome = NEW.outcome,
                decline_reason = CASE WHEN NEW.after = 'declined' THEN NEW.decline_reason ELSE decline_reason END
            WHERE id = NEW.referral_id;
    END IF;
    IF NEW.after = 'draft' THEN
        UPDATE referrals_consent SET ended_at = NEW.at WHERE referral_id = NEW.referral_id AND ended_at IS NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER transition_moves_referral AFTER INSERT ON referrals_transition
    FOR EACH ROW EXECUTE FUNCTION referrals_move();

CREATE FUNCTION referrals_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'A referral begins as a draft.' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF pg_trigger_depth() < 2 THEN
        IF (NEW.state, NEW.outcome, NEW.decline_reason) IS DISTINCT FROM (OLD.state, OLD.outcome, OLD.decline_reason)
        THEN
            RAISE EXCEPTION 'A referral moves by a transition alone.' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.state <> 'draft' AND (NEW.person_id, NEW.receiver_id, NEW.reason, NEW.goals, NEW.language,
            NEW.access_needs, NEW.phone, NEW.email) IS DISTINCT FROM (OLD.person_id, OLD.receiver_id, OLD.reason,
            OLD.goals, OLD.language, OLD.access_needs, OLD.phone, OLD.email) THEN
            RAISE EXCEPTION 'What a person has consented to stands.' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER referral_moves_by_transition BEFORE INSERT OR UPDATE ON referrals_referral
    FOR EACH ROW EXECUTE FUNCTION referrals_hold();

CREATE FUNCTION referrals_hold_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A consent stands: DELETE is refused.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'A consent ends by a transition alone.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_stands BEFORE UPDATE OR DELETE ON referrals_consent
    FOR EACH ROW EXECUTE FUNCTION referrals_hold_consent();

CREATE FUNCTION referrals_refuse_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM referrals_referral WHERE id = NEW.referral_id) = 'withdrawn' AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'Referral % is withdrawn.', NEW.referral_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_of_no_withdrawn BEFORE INSERT ON referrals_consent
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse_words();
CREATE TRIGGER meeting_of_no_withdrawn BEFORE INSERT OR UPDATE ON referrals_meeting
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse_words();
CREATE TRIGGER score_of_no_withdrawn BEFORE INSERT OR UPDATE ON referrals_score
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse_words();

CREATE FUNCTION referrals_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A transition stands: % is refused.', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER transition_never_changes BEFORE UPDATE OR DELETE ON referrals_transition
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse_change();
"""
LET_GO = """
DROP TRIGGER transition_never_changes ON referrals_transition;
DROP TRIGGER score_of_no_withdrawn ON referrals_score;
DROP TRIGGER meeting_of_no_withdrawn ON referrals_meeting;
DROP TRIGGER consent_of_no_withdrawn ON referrals_consent;
DROP TRIGGER consent_stands ON referrals_consent;
DROP TRIGGER referral_moves_by_transition ON referrals_referral;
DROP TRIGGER transition_moves_referral ON referrals_transition;
DROP FUNCTION referrals_refuse_change();
DROP FUNCTION referrals_refuse_words();
DROP FUNCTION referrals_hold_consent();
DROP FUNCTION referrals_hold();
DROP FUNCTION referrals_move();
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_referrals")]

    operations = [migrations.RunSQL(HOLD, LET_GO)]
