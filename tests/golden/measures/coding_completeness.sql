WITH contact AS (
  SELECT
    contact.key,
    contact.person,
    contact.professional,
    contact.contact_type,
    contact.service_form,
    contact.nature,
    contact.urgency,
    contact.profession,
    contact.assessed_at,
    contact.happened_at,
    contact.cancelled,
    contact.status,
    unit.name AS unit__name,
    unit.unit_code AS unit__unit_code
  FROM marts.contact AS contact
  LEFT JOIN marts.unit AS unit
    ON unit.key = contact.unit
  WHERE
    (
      (
        contact.service_form = 'T11' AND contact.nature = 'SH'
      )
      AND NOT contact.cancelled IS TRUE
    )
    AND NOT COALESCE(contact.status, '7') IN ('3', '4', '5', '9')
), named AS (
  SELECT
    *,
    CASE WHEN COALESCE(urgency, 'E') <> 'E' OR NOT assessed_at IS NULL THEN 1 ELSE 0 END AS has_assessment,
    CASE WHEN NOT professional IS NULL THEN 1 ELSE 0 END AS has_professional,
    CASE WHEN NOT urgency IS NULL THEN 1 ELSE 0 END AS has_urgency,
    CASE
      WHEN contact_type IN ('R10', 'R20', 'R40', 'R50', 'R51', 'R55', 'R60', 'R90')
      THEN 1
      WHEN contact_type IN ('R30', 'R41', 'R52', 'R56', 'R71', 'R72', 'R80')
      AND happened_at >= CAST('2019-01-01' AS TIMESTAMP)
      THEN 1
      ELSE 0
    END AS has_type,
    CASE WHEN NOT unit__name IS NULL THEN 1 ELSE 0 END AS has_unit
  FROM contact
), look_coded AS (
  SELECT
    diagnosis.contact AS shared,
    TRUE AS given
  FROM marts.diagnosis AS diagnosis
  WHERE
    NOT diagnosis.code IS NULL
  GROUP BY
    diagnosis.contact
), with_coded AS (
  SELECT
    this.*,
    COALESCE(look_coded.given, FALSE) AS coded
  FROM named AS this
  LEFT JOIN look_coded
    ON look_coded.shared = this.key
), named_2 AS (
  SELECT
    *,
    CASE WHEN coded THEN 1 ELSE 0 END AS has_code
  FROM with_coded
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', happened_at) AS DATE) AS month
  FROM named_2
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
), flagged AS (
  SELECT
    month,
    profession AS profession,
    CAST(unit__unit_code AS TEXT) AS unit,
    CAST(has_code + has_assessment + has_professional + has_urgency + has_type + has_unit AS DECIMAL(24, 6)) AS value_0,
    CAST(6 AS DECIMAL(24, 6)) AS value_1
  FROM dated_2
), cells AS (
  SELECT
    month,
    profession,
    unit,
    COUNT(*) AS rows,
    SUM(value_0) AS sum_0,
    COUNT(value_0) AS count_0,
    SUM(value_1) AS sum_1,
    COUNT(value_1) AS count_1
  FROM flagged
  GROUP BY
    month,
    profession,
    unit
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0,
    SUM(sum_1) AS sum_1,
    SUM(count_1) AS count_1
  FROM cells
  GROUP BY
    month
  UNION ALL
  SELECT
    month,
    'profession' AS set,
    'profession=' || COALESCE(profession, 'unknown') AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0,
    SUM(sum_1) AS sum_1,
    SUM(count_1) AS count_1
  FROM cells
  GROUP BY
    month,
    profession
  UNION ALL
  SELECT
    month,
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0,
    SUM(sum_1) AS sum_1,
    SUM(count_1) AS count_1
  FROM cells
  GROUP BY
    month,
    unit
), monthly AS (
  SELECT
    month,
    set,
    "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0,
    SUM(sum_1) AS sum_1,
    SUM(count_1) AS count_1
  FROM groups
  GROUP BY
    month,
    set,
    "group"
), summed_coding_completeness AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group",
    COALESCE(SUM(sum_0), 0) AS numerator,
    COALESCE(SUM(count_0), 0) AS counted,
    COALESCE(SUM(sum_1), 0) AS denominator,
    COALESCE(SUM(count_1), 0) AS weighed,
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
  'coding_completeness' AS measure,
  1 AS version,
  summed_coding_completeness.period AS period,
  summed_coding_completeness."group" AS "group",
  CAST(summed_coding_completeness.numerator AS DOUBLE) AS numerator,
  CAST(summed_coding_completeness.denominator AS DOUBLE) AS denominator,
  CAST(summed_coding_completeness.numerator AS DOUBLE) / NULLIF(CAST(summed_coding_completeness.denominator AS DOUBLE), 0) AS value,
  summed_coding_completeness.weighed AS n
FROM summed_coding_completeness
