WITH referral AS (
  SELECT
    referral.key,
    referral.person,
    referral.speciality,
    referral.received_at,
    referral.handled_at,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    to_unit.unit_code AS to_unit__unit_code
  FROM marts__referral AS referral
  LEFT JOIN marts__person AS person
    ON person.key = referral.person
  LEFT JOIN marts__unit AS to_unit
    ON to_unit.key = referral.to_unit
  WHERE
    referral.received_at <= referral.handled_at
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', handled_at) AS DATE) AS month
  FROM referral
  WHERE
    handled_at >= CAST(:first_month AS DATE)
    AND handled_at < ADD_MONTHS(CAST(:last_month AS DATE), 1)
), dated_2 AS (
  SELECT
    *,
    month AS period_start,
    LAST_DAY(month) AS period_end
  FROM dated
), periods AS (
  SELECT DISTINCT
    'month' AS grain,
    DATE_FORMAT(month, 'yyyy-MM') AS period,
    CAST(DATE_TRUNC('MONTH', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('MONTH', month) + INTERVAL '0' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'quarter' AS grain,
    YEAR(month) || '-Q' || QUARTER(month) AS period,
    CAST(DATE_TRUNC('QUARTER', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('QUARTER', month) + INTERVAL '2' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'year' AS grain,
    CAST(YEAR(month) AS STRING) AS period,
    CAST(DATE_TRUNC('YEAR', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('YEAR', month) + INTERVAL '11' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
), flagged AS (
  SELECT
    month,
    CAST(CASE WHEN person__security_block THEN NULL ELSE person__municipality END AS STRING) AS municipality,
    speciality AS speciality,
    CAST(to_unit__unit_code AS STRING) AS unit,
    CASE
      WHEN DATEDIFF(DAY, CAST(received_at AS DATE), CAST(handled_at AS DATE)) <= 21
      THEN 1
      ELSE 0
    END AS pattern
  FROM dated_2
), cells AS (
  SELECT
    month,
    municipality,
    speciality,
    unit,
    pattern,
    (
      CAST(GROUPING(unit) AS BIGINT) * 1 + CAST(GROUPING(speciality) AS BIGINT) * 2 + CAST(GROUPING(municipality) AS BIGINT) * 4
    ) AS bundle,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, municipality, speciality),
      (month, pattern, unit)
    )
), groups AS (
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS `group`,
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
    'speciality' AS set,
    'speciality=' || COALESCE(speciality, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 1
  GROUP BY
    month,
    speciality,
    pattern
  UNION ALL
  SELECT
    month,
    '' AS set,
    '' AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 6
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS `group`,
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
    `group`,
    SUM(rows) AS rows,
    SUM(rows) FILTER(WHERE
      (
        pattern & 1
      ) <> 0) AS true_0
  FROM groups
  GROUP BY
    month,
    set,
    `group`
), summed_referral_handled_21d_share AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly.`group`,
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
    monthly.`group`
)
SELECT
  'referral_handled_21d_share' AS measure,
  1 AS version,
  summed_referral_handled_21d_share.period AS period,
  summed_referral_handled_21d_share.`group` AS `group`,
  CAST(summed_referral_handled_21d_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_referral_handled_21d_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_referral_handled_21d_share.numerator AS DOUBLE) / NULLIF(CAST(summed_referral_handled_21d_share.denominator AS DOUBLE), 0) AS value,
  summed_referral_handled_21d_share.weighed AS n
FROM summed_referral_handled_21d_share
