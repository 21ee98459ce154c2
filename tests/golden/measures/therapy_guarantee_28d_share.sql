WITH needs_assessment AS (
  SELECT
    needs_assessment.key,
    needs_assessment.person,
    needs_assessment.assessed_at,
    needs_assessment.result,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex,
    unit.kind AS unit__kind,
    unit.unit_code AS unit__unit_code
  FROM marts.needs_assessment AS needs_assessment
  LEFT JOIN marts.person AS person
    ON person.key = needs_assessment.person
  LEFT JOIN marts.unit AS unit
    ON unit.key = needs_assessment.unit
  WHERE
    (
      unit.kind = 'mental_health' AND needs_assessment.result IN ('booked', 'queued')
    )
    AND (
      (
        YEAR(CAST(needs_assessment.assessed_at AS DATE)) - YEAR(person.birth_date)
      ) - CAST((
        MONTH(CAST(needs_assessment.assessed_at AS DATE)) * 100 + DAY(CAST(needs_assessment.assessed_at AS DATE)) < MONTH(person.birth_date) * 100 + DAY(person.birth_date)
      ) AS INT)
    ) < 23
), look_begun AS (
  SELECT
    contact.person AS shared,
    CAST(contact.happened_at AS TIMESTAMP) AS moment,
    MAX(contact.key) AS given
  FROM marts.contact AS contact
  WHERE
    (
      (
        (
          contact.service_form = 'T71'
          AND contact.contact_type IN ('R10', 'R20', 'R41', 'R50', 'R52')
        )
        AND NOT contact.cancelled IS TRUE
      )
      AND NOT COALESCE(contact.status, '7') IN ('3', '4', '5', '9')
    )
    AND NOT contact.happened_at IS NULL
  GROUP BY
    contact.person,
    CAST(contact.happened_at AS TIMESTAMP)
), with_begun AS (
  SELECT
    this.*,
    COALESCE(look_begun.moment >= CAST(this.assessed_at AS TIMESTAMP), FALSE) AS begun
  FROM needs_assessment AS this
  ASOF LEFT JOIN look_begun
    ON this.person = look_begun.shared
    AND CAST((
      CAST(CAST(this.assessed_at AS TIMESTAMP) AS DATE) + 29
    ) AS TIMESTAMP) > look_begun.moment
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', (
      CAST(assessed_at AS DATE) + 28
    )) AS DATE) AS month
  FROM with_begun
  WHERE
    (
      CAST(assessed_at AS DATE) + 28
    ) >= CAST($first_month AS DATE)
    AND (
      CAST(assessed_at AS DATE) + 28
    ) < CAST($last_month AS DATE) + TO_MONTHS(1)
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
), flagged AS (
  SELECT
    month,
    CAST(CASE WHEN person__security_block THEN NULL ELSE person__municipality END AS TEXT) AS municipality,
    CAST(person__sex AS TEXT) AS sex,
    CAST(unit__unit_code AS TEXT) AS unit,
    CASE WHEN begun THEN 1 ELSE 0 END AS pattern
  FROM dated_2
), cells AS (
  SELECT
    month,
    municipality,
    sex,
    unit,
    pattern,
    GROUPING(municipality, sex, unit) AS bundle,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, municipality, sex),
      (month, pattern, unit)
    )
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 1
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 1
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
  WHERE
    bundle = 1
  GROUP BY
    month,
    sex,
    pattern
  UNION ALL
  SELECT
    month,
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 6
  GROUP BY
    month,
    unit,
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
), summed_therapy_guarantee_28d_share AS (
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
    AND periods.grain IN ('month', 'quarter', 'year')
  GROUP BY
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group"
)
SELECT
  'therapy_guarantee_28d_share' AS measure,
  1 AS version,
  summed_therapy_guarantee_28d_share.period AS period,
  summed_therapy_guarantee_28d_share."group" AS "group",
  CAST(summed_therapy_guarantee_28d_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_therapy_guarantee_28d_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_therapy_guarantee_28d_share.numerator AS DOUBLE) / NULLIF(CAST(summed_therapy_guarantee_28d_share.denominator AS DOUBLE), 0) AS value,
  summed_therapy_guarantee_28d_share.weighed AS n
FROM summed_therapy_guarantee_28d_share
