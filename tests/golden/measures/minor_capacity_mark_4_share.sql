WITH contact AS (
  SELECT
    contact.key,
    contact.person,
    contact.profession,
    contact.happened_at,
    contact.municipality,
    contact.minor_mark,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    unit.unit_code AS unit__unit_code
  FROM marts.contact AS contact
  LEFT JOIN marts.person AS person
    ON person.key = contact.person
  LEFT JOIN marts.unit AS unit
    ON unit.key = contact.unit
  WHERE
    NOT contact.minor_mark IS NULL
    AND (
      (
        YEAR(CAST(contact.happened_at AS DATE)) - YEAR(person.birth_date)
      ) - CAST((
        MONTH(CAST(contact.happened_at AS DATE)) * 100 + DAY(CAST(contact.happened_at AS DATE)) < MONTH(person.birth_date) * 100 + DAY(person.birth_date)
      ) AS INT)
    ) < 18
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', happened_at) AS DATE) AS month
  FROM contact
  WHERE
    happened_at >= CAST($first_month AS DATE)
    AND happened_at < CAST($last_month AS DATE) + TO_MONTHS(1)
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
        YEAR(CAST(happened_at AS DATE)) - YEAR(person__birth_date)
      ) - CAST((
        MONTH(CAST(happened_at AS DATE)) * 100 + DAY(CAST(happened_at AS DATE)) < MONTH(person__birth_date) * 100 + DAY(person__birth_date)
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
    CAST(CASE
      WHEN person__security_block
      THEN NULL
      ELSE COALESCE(municipality, person__municipality)
    END AS TEXT) AS municipality,
    profession AS profession,
    CAST(unit__unit_code AS TEXT) AS unit,
    CASE WHEN minor_mark = '4' THEN 1 ELSE 0 END AS pattern
  FROM aged
), cells AS (
  SELECT
    month,
    age_group,
    municipality,
    profession,
    unit,
    pattern,
    GROUPING(age_group, municipality, profession, unit) AS bundle,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, age_group, municipality),
      (month, pattern, profession, unit)
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
    bundle = 3
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
  WHERE
    bundle = 3
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
  WHERE
    bundle = 3
  GROUP BY
    month,
    municipality,
    pattern
  UNION ALL
  SELECT
    month,
    'profession' AS set,
    'profession=' || COALESCE(profession, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 12
  GROUP BY
    month,
    profession,
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
    bundle = 12
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
), summed_minor_capacity_mark_4_share AS (
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
  'minor_capacity_mark_4_share' AS measure,
  1 AS version,
  summed_minor_capacity_mark_4_share.period AS period,
  summed_minor_capacity_mark_4_share."group" AS "group",
  CAST(summed_minor_capacity_mark_4_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_minor_capacity_mark_4_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_minor_capacity_mark_4_share.numerator AS DOUBLE) / NULLIF(CAST(summed_minor_capacity_mark_4_share.denominator AS DOUBLE), 0) AS value,
  summed_minor_capacity_mark_4_share.weighed AS n
FROM summed_minor_capacity_mark_4_share
