-- What the two are given of the same patients: the input layer of The Tuva Project, and the extracts of a hospital.
-- Columns of the input layer that are not here are empty; data.py adds them.

CREATE VIEW tuva_patient AS
SELECT person AS person_id, person AS patient_id, CASE sex WHEN 1 THEN 'male' ELSE 'female' END AS sex, born AS birth_date, 0 AS death_flag
FROM persons ORDER BY p;

CREATE VIEW tuva_encounter AS
SELECT id AS encounter_id, 'P' || p AS person_id, 'P' || p AS patient_id, 'acute inpatient' AS encounter_type,
    came AS encounter_start_date, went AS encounter_end_date, disposition AS discharge_disposition_code, ward AS facility_npi,
    'icd-10-cm' AS primary_diagnosis_code_type, replace(dx, '.', '') AS primary_diagnosis_code,
    CASE WHEN drg IS NOT NULL THEN 'ms-drg' END AS drg_code_type, drg AS drg_code, 1000 AS paid_amount
FROM stays
UNION ALL
SELECT visit, person, person, 'emergency department', visited, visited, '01', 'ED', 'icd-10-cm', 'R079', NULL, NULL, 100
FROM persons ORDER BY encounter_id;

CREATE VIEW tuva_condition AS
SELECT 'D' || n AS condition_id, 'P' || p AS person_id, 'P' || p AS patient_id, stay AS encounter_id, day AS recorded_date,
    'active' AS status, 'discharge_diagnosis' AS condition_type, 'icd-10-cm' AS source_code_type, dx AS source_code, 1 AS condition_rank
FROM diagnoses ORDER BY n;

CREATE VIEW tuva_procedure AS
SELECT id || '-' || i AS procedure_id, 'P' || p AS person_id, 'P' || p AS patient_id, id AS encounter_id,
    came AS procedure_date, 'icd-10-pcs' AS source_code_type, px AS source_code
FROM (SELECT *, 1 AS i, px1 AS px FROM stays UNION ALL SELECT *, 2, px2 FROM stays) WHERE px IS NOT NULL ORDER BY id, i;

CREATE VIEW extract_patient AS
SELECT person AS PATIENT, born AS BORN, sex AS SEX FROM persons ORDER BY p;

CREATE VIEW extract_admission AS
SELECT id AS STAY, 'P' || p AS PATIENT, 'ward' AS KIND, ward AS WARD, came || ' 09:00' AS CAME, went || ' 14:00' AS WENT,
    disposition AS DISPOSITION, dx AS DIAGNOSIS, drg AS DRG, px1 AS PROCEDURE_1, px2 AS PROCEDURE_2
FROM stays
UNION ALL
SELECT visit, person, 'ed', 'ED', visited || ' 10:00', visited || ' 13:00', '01', 'R07.9', NULL, NULL, NULL FROM persons
ORDER BY STAY;

CREATE VIEW extract_diagnosis AS
SELECT 'D' || n AS DIAGNOSIS, 'P' || p AS PATIENT, day AS DAY, stay AS STAY, dx AS CODE FROM diagnoses ORDER BY n;
