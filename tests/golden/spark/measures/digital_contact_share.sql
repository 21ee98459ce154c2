WITH contact AS (
  SELECT
    contact.key,
    contact.person,
    contact.contact_type,
    contact.service_form,
    contact.profession,
    contact.happened_at,
    contact.cancelled,
    contact.status,
    contact.municipality,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex,
    unit.unit_code AS unit__unit_code
  FROM marts__contact AS contact
  LEFT JOIN marts__person AS person
    ON person.key = contact.person
  LEFT JOIN marts__unit AS unit
    ON unit.key = contact.unit
  WHERE
    (
      contact.contact_type IN ('R10', 'R20', 'R30', 'R40', 'R41', 'R50', 'R51', 'R52', 'R55', 'R56')
      AND NOT contact.cancelled IS TRUE
    )
    AND NOT COALESCE(contact.status, '7') IN ('3', '4', '5', '9')
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', happened_at) AS DATE) AS month
  FROM contact
  WHERE
    happened_at >= CAST(:first_month AS DATE)
    AND happened_at < ADD_MONTHS(CAST(:last_month AS DATE), 1)
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
), segmented AS (
  SELECT
    dated_2.*,
    spans.segment
  FROM dated_2
  LEFT JOIN marts__segment_spans AS spans
    ON spans.segments = 'main'
    AND spans.person = dated_2.person
    AND spans.since <= dated_2.period_end
    AND spans.until >= dated_2.period_end
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
  FROM segmented
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
    END AS STRING) AS age_group,
    CAST(CASE
      WHEN person__security_block
      THEN NULL
      ELSE COALESCE(municipality, person__municipality)
    END AS STRING) AS municipality,
    profession AS profession,
    segment,
    CAST(service_form AS STRING) AS service,
    CAST(CASE
      WHEN service_form IN ('T11', 'T28', 'T29', 'T30', 'T31', 'T35')
      THEN 'vastaanotto'
      WHEN service_form IN ('T21', 'T22', 'T23', 'T24', 'T25', 'T26', 'T27')
      THEN 'lapset'
      WHEN service_form IN ('T40', 'T41', 'T42', 'T43', 'T80')
      THEN 'hoito_hoiva'
      WHEN service_form IN ('T51', 'T52', 'T53', 'T54', 'T55', 'T56', 'T59')
      THEN 'kuntoutus'
      WHEN service_form = 'T58'
      THEN 'tyoikaiset'
      WHEN service_form = 'T60'
      THEN 'suun'
      WHEN service_form IN ('T71', 'T73', 'T81')
      THEN 'mielenterveys_paihde'
    END AS STRING) AS service_package,
    CAST(person__sex AS STRING) AS sex,
    CAST(unit__unit_code AS STRING) AS unit,
    CASE WHEN contact_type IN ('R51', 'R52', 'R56') THEN 1 ELSE 0 END AS pattern
  FROM aged
), cells AS (
  SELECT
    month,
    age_group,
    municipality,
    profession,
    segment,
    service,
    service_package,
    sex,
    unit,
    pattern,
    (
      CAST(GROUPING(unit) AS BIGINT) * 1 + CAST(GROUPING(sex) AS BIGINT) * 2 + CAST(GROUPING(service_package) AS BIGINT) * 4 + CAST(GROUPING(service) AS BIGINT) * 8 + CAST(GROUPING(segment) AS BIGINT) * 16 + CAST(GROUPING(profession) AS BIGINT) * 32 + CAST(GROUPING(municipality) AS BIGINT) * 64 + CAST(GROUPING(age_group) AS BIGINT) * 128
    ) AS bundle,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, age_group, municipality, sex),
      (month, pattern, profession, segment, service_package),
      (month, pattern, service, unit)
    )
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 61
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'age_group' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 61
  GROUP BY
    month,
    age_group,
    pattern
  UNION ALL
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 61
  GROUP BY
    month,
    municipality,
    pattern
  UNION ALL
  SELECT
    month,
    'sex' AS set,
    'sex=' || COALESCE(sex, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 61
  GROUP BY
    month,
    sex,
    pattern
  UNION ALL
  SELECT
    month,
    'age_group;sex' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') || ';sex=' || COALESCE(sex, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 61
  GROUP BY
    month,
    age_group,
    sex,
    pattern
  UNION ALL
  SELECT
    month,
    'profession' AS set,
    'profession=' || COALESCE(profession, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 203
  GROUP BY
    month,
    profession,
    pattern
  UNION ALL
  SELECT
    month,
    'segment' AS set,
    'segment=' || COALESCE(segment, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 203
  GROUP BY
    month,
    segment,
    pattern
  UNION ALL
  SELECT
    month,
    'service_package' AS set,
    'service_package=' || COALESCE(service_package, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 203
  GROUP BY
    month,
    service_package,
    pattern
  UNION ALL
  SELECT
    month,
    'service' AS set,
    'service=' || COALESCE(service, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 246
  GROUP BY
    month,
    service,
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
    bundle = 246
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
), summed_digital_contact_share AS (
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
  'digital_contact_share' AS measure,
  1 AS version,
  summed_digital_contact_share.period AS period,
  summed_digital_contact_share.`group` AS `group`,
  CAST(summed_digital_contact_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_digital_contact_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_digital_contact_share.numerator AS DOUBLE) / NULLIF(CAST(summed_digital_contact_share.denominator AS DOUBLE), 0) AS value,
  summed_digital_contact_share.weighed AS n
FROM summed_digital_contact_share
