WITH wellbeing_referral AS (
  SELECT
    wellbeing_referral.key,
    wellbeing_referral.person,
    wellbeing_referral.made_at,
    wellbeing_referral.first_contact_at,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex
  FROM marts.wellbeing_referral AS wellbeing_referral
  LEFT JOIN marts.person AS person
    ON person.key = wellbeing_referral.person
  WHERE
    NOT wellbeing_referral.first_contact_at IS NULL
), look_before_it AS (
  SELECT
    assessment.person AS shared,
    CAST(assessment.assessed_on AS TIMESTAMP) AS moment,
    MAX(assessment.number) AS given
  FROM marts.assessment_answers AS assessment
  WHERE
    (
      (
        (
          assessment.variable = 'phq2' AND assessment.number BETWEEN 0 AND 6
        )
        AND NOT assessment.assessed_on IS NULL
      )
      AND NOT assessment.number IS NULL
    )
    AND NOT assessment.assessed_on IS NULL
  GROUP BY
    assessment.person,
    CAST(assessment.assessed_on AS TIMESTAMP)
), with_before_it AS (
  SELECT
    this.*,
    CASE
      WHEN look_before_it.moment >= CAST(CAST(CAST(CAST(this.first_contact_at AS TIMESTAMP) AS DATE) + TO_MONTHS(CAST(-6 AS INT)) AS DATE) AS TIMESTAMP)
      THEN look_before_it.given
    END AS before_it
  FROM wellbeing_referral AS this
  ASOF LEFT JOIN look_before_it
    ON this.person = look_before_it.shared
    AND CAST((
      CAST(CAST(this.first_contact_at AS TIMESTAMP) AS DATE) + 1
    ) AS TIMESTAMP) > look_before_it.moment
), kept AS (
  SELECT
    *
  FROM with_before_it
  WHERE
    NOT before_it IS NULL
), look_after_it AS (
  SELECT
    assessment.person AS shared,
    CAST(assessment.assessed_on AS TIMESTAMP) AS moment,
    MAX(assessment.number) AS given
  FROM marts.assessment_answers AS assessment
  WHERE
    (
      (
        (
          assessment.variable = 'phq2' AND assessment.number BETWEEN 0 AND 6
        )
        AND NOT assessment.assessed_on IS NULL
      )
      AND NOT assessment.number IS NULL
    )
    AND NOT assessment.assessed_on IS NULL
  GROUP BY
    assessment.person,
    CAST(assessment.assessed_on AS TIMESTAMP)
), with_after_it AS (
  SELECT
    this.*,
    CASE
      WHEN look_after_it.moment >= CAST((
        CAST(CAST(this.first_contact_at AS TIMESTAMP) AS DATE) + 1
      ) AS TIMESTAMP)
      THEN look_after_it.given
    END AS after_it
  FROM kept AS this
  ASOF LEFT JOIN look_after_it
    ON this.person = look_after_it.shared
    AND CAST((
      CAST(CAST(CAST(this.first_contact_at AS TIMESTAMP) AS DATE) + TO_MONTHS(6) AS DATE) + 1
    ) AS TIMESTAMP) > look_after_it.moment
), kept_2 AS (
  SELECT
    *
  FROM with_after_it
  WHERE
    NOT after_it IS NULL
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', CAST(CAST(first_contact_at AS DATE) + TO_MONTHS(6) AS DATE)) AS DATE) AS month
  FROM kept_2
  WHERE
    CAST(CAST(first_contact_at AS DATE) + TO_MONTHS(6) AS DATE) >= CAST($first_month AS DATE)
    AND CAST(CAST(first_contact_at AS DATE) + TO_MONTHS(6) AS DATE) < CAST($last_month AS DATE) + TO_MONTHS(1)
), dated_2 AS (
  SELECT
    *,
    month AS period_start,
    LAST_DAY(month) AS period_end
  FROM dated
), periods AS (
  SELECT DISTINCT
    'month' AS grain,
    STRFTIME(month, '%Y-%m') AS period,
    CAST(DATE_TRUNC('MONTH', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('MONTH', month) + INTERVAL '0' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'quarter' AS grain,
    YEAR(month) || '-Q' || QUARTER(month) AS period,
    CAST(DATE_TRUNC('QUARTER', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('QUARTER', month) + INTERVAL '2' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'year' AS grain,
    CAST(YEAR(month) AS TEXT) AS period,
    CAST(DATE_TRUNC('YEAR', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('YEAR', month) + INTERVAL '11' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
), aged AS (
  SELECT
    *,
    (
      (
        YEAR(CAST(made_at AS DATE)) - YEAR(person__birth_date)
      ) - CAST((
        MONTH(CAST(made_at AS DATE)) * 100 + DAY(CAST(made_at AS DATE)) < MONTH(person__birth_date) * 100 + DAY(person__birth_date)
      ) AS INT)
    ) AS age_1
  FROM dated_2
), flagged AS (
  SELECT
    month,
    CAST(CASE
      WHEN age_1 >= 85
      THEN '85+'
      WHEN age_1 BETWEEN 75 AND 84
      THEN '75-84'
      WHEN age_1 BETWEEN 65 AND 74
      THEN '65-74'
      WHEN age_1 BETWEEN 30 AND 64
      THEN '30-64'
      WHEN age_1 BETWEEN 18 AND 29
      THEN '18-29'
      WHEN age_1 BETWEEN 7 AND 17
      THEN '7-17'
      WHEN age_1 BETWEEN 0 AND 6
      THEN '0-6'
    END AS TEXT) AS age_group,
    CAST(CASE WHEN person__security_block THEN NULL ELSE person__municipality END AS TEXT) AS municipality,
    CAST(person__sex AS TEXT) AS sex,
    CASE WHEN before_it >= 3 THEN 1 ELSE 0 END AS pattern
  FROM aged
), cells AS (
  SELECT
    month,
    age_group,
    municipality,
    sex,
    pattern,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    month,
    pattern,
    age_group,
    municipality,
    sex
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'age_group' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    age_group,
    pattern
  UNION ALL
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    municipality,
    pattern
  UNION ALL
  SELECT
    month,
    'sex' AS set,
    'sex=' || COALESCE(sex, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    sex,
    pattern
), monthly AS (
  SELECT
    month,
    set,
    "group",
    SUM(rows) AS rows,
    SUM(rows) FILTER(WHERE
      (
        pattern & 1
      ) <> 0) AS true_0
  FROM groups
  GROUP BY
    month,
    set,
    "group"
), summed_wellbeing_low_mood_before AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group",
    COALESCE(SUM(true_0), 0) AS numerator,
    COALESCE(SUM(true_0), 0) AS counted,
    COALESCE(SUM(rows), 0) AS denominator,
    COALESCE(SUM(rows), 0) AS weighed,
    COALESCE(SUM(rows), 0) AS chosen
  FROM monthly
  JOIN periods
    ON monthly.month BETWEEN periods.first_month AND periods.last_month
    AND periods.grain IN ('quarter', 'year')
  GROUP BY
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group"
)
SELECT
  'wellbeing_low_mood_before' AS measure,
  1 AS version,
  summed_wellbeing_low_mood_before.period AS period,
  summed_wellbeing_low_mood_before."group" AS "group",
  CAST(summed_wellbeing_low_mood_before.numerator AS DOUBLE) AS numerator,
  CAST(summed_wellbeing_low_mood_before.denominator AS DOUBLE) AS denominator,
  CAST(summed_wellbeing_low_mood_before.numerator AS DOUBLE) / NULLIF(CAST(summed_wellbeing_low_mood_before.denominator AS DOUBLE), 0) AS value,
  summed_wellbeing_low_mood_before.weighed AS n
FROM summed_wellbeing_low_mood_before
