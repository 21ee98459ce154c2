"""What has been published or completed stands: triggers refuse what no constraint can see."""

from django.db import migrations

FORMS = """
CREATE FUNCTION form_version_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state IN ('published', 'withdrawn') THEN
      RAISE EXCEPTION 'A published version of a form is never removed';
    END IF;
    RETURN OLD;
  END IF;
  IF OLD.state IN ('published', 'withdrawn') AND (
    (NEW.form, NEW.version, NEW.questionnaire, NEW.record, NEW.digest, NEW.shipped, NEW.published_at)
      IS DISTINCT FROM
    (OLD.form, OLD.version, OLD.questionnaire, OLD.record, OLD.digest, OLD.shipped, OLD.published_at)
    OR NEW.author_id IS DISTINCT FROM OLD.author_id OR NEW.approver_id IS DISTINCT FROM OLD.approver_id
    OR NEW.state NOT IN ('published', 'withdrawn')
  ) THEN
    RAISE EXCEPTION 'A published version of a form never changes';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER form_version_stands BEFORE UPDATE OR DELETE ON assessments_formversion
  FOR EACH ROW EXECUTE FUNCTION form_version_stands();
"""

RESPONSES = """
CREATE FUNCTION response_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version_id <> OLD.version_id OR NEW.person_id <> OLD.person_id THEN
    RAISE EXCEPTION 'A response keeps its person and the version of the form it was given to';
  END IF;
  IF OLD.status <> 'in-progress' AND (
    NEW.status <> OLD.status OR NEW.kept IS DISTINCT FROM OLD.kept OR NEW.revision <> OLD.revision
    OR NEW.completed_at IS DISTINCT FROM OLD.completed_at
  ) THEN
    RAISE EXCEPTION 'Completed answers never change: a correction is a new response';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER response_stands BEFORE UPDATE ON assessments_response
  FOR EACH ROW EXECUTE FUNCTION response_stands();
"""

UNDO = """
DROP TRIGGER {0} ON {1};
DROP FUNCTION {0}();
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]
    operations = [
        migrations.RunSQL(FORMS, UNDO.format("form_version_stands", "assessments_formversion")),
        migrations.RunSQL(RESPONSES, UNDO.format("response_stands", "assessments_response")),
    ]
