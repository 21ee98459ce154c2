WITH contact AS (
  SELECT
    contact.key,
    contact.person,
    contact.service_form,
    contact.nature,
    contact.happened_at,
    contact.cancelled,
    contact.status,
    contact.municipality,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex
  FROM marts__contact AS contact
  LEFT JOIN marts__person AS person
    ON person.key = contact.person
  WHERE
    (
      (
        (
          contact.nature = 'TH'
          AND NOT COALESCE(contact.service_form, '') IN ('T21', 'T22', 'T23')
        )
        AND NOT contact.cancelled IS TRUE
      )
      AND NOT COALESCE(contact.status, '7') IN ('3', '4', '5', '9')
    )
    AND (
      (
        YEAR(CAST(contact.happened_at AS DATE)) - YEAR(person.birth_date)
      ) - CAST((
        MONTH(CAST(contact.happened_at AS DATE)) * 100 + DAY(CAST(contact.happened_at AS DATE)) < MONTH(person.birth_date) * 100 + DAY(person.birth_date)
      ) AS INT)
    ) >= 65
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
), valued_senior_checks_65 AS (
  SELECT
    month,
    CAST(CASE
      WHEN person__security_block
      THEN NULL
      ELSE COALESCE(municipality, person__municipality)
    END AS STRING) AS municipality,
    CAST(person__sex AS STRING) AS sex,
    person AS thing
  FROM dated_2
), thing_months AS (
  SELECT
    thing,
    YEAR(month) DIV 5 AS word,
    municipality,
    sex,
    BIT_OR(SHIFTLEFT(CAST(1 AS BIGINT), (
      YEAR(month) % 5 * 12 + MONTH(month) - 1
    ))) AS bits,
    (
      CAST(GROUPING(sex) AS BIGINT) * 1 + CAST(GROUPING(municipality) AS BIGINT) * 2
    ) AS bundle
  FROM valued_senior_checks_65
  WHERE
    NOT thing IS NULL
  GROUP BY
    GROUPING SETS (
      (thing, word),
      (thing, word, municipality),
      (thing, word, sex)
    )
), masks AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
    YEAR(last_month) DIV 5 AS word,
    SHIFTLEFT(
      (
        (
          SHIFTLEFT(CAST(1 AS BIGINT), (
            DATEDIFF(MONTH, first_month, last_month) + 1
          ))
        ) - 1
      ),
      (
        YEAR(first_month) % 5 * 12 + MONTH(first_month) - 1
      )
    ) AS mask
  FROM periods
  WHERE
    grain IN ('year')
), summed_senior_checks_65 AS (
  SELECT
    masks.grain,
    masks.period,
    masks.first_month,
    masks.last_month,
    '' AS set,
    '' AS `group`,
    COUNT(*) AS numerator,
    COUNT(*) AS counted,
    NULL AS denominator,
    COUNT(*) AS weighed,
    COUNT(*) AS chosen
  FROM thing_months
  JOIN masks
    ON thing_months.word = masks.word AND thing_months.bits & masks.mask <> 0
  WHERE
    bundle = 3
  GROUP BY
    masks.grain,
    masks.period,
    masks.first_month,
    masks.last_month
  UNION ALL
  SELECT
    masks.grain,
    masks.period,
    masks.first_month,
    masks.last_month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS `group`,
    COUNT(*) AS numerator,
    COUNT(*) AS counted,
    NULL AS denominator,
    COUNT(*) AS weighed,
    COUNT(*) AS chosen
  FROM thing_months
  JOIN masks
    ON thing_months.word = masks.word AND thing_months.bits & masks.mask <> 0
  WHERE
    bundle = 1
  GROUP BY
    masks.grain,
    masks.period,
    masks.first_month,
    masks.last_month,
    municipality
  UNION ALL
  SELECT
    masks.grain,
    masks.period,
    masks.first_month,
    masks.last_month,
    'sex' AS set,
    'sex=' || COALESCE(sex, 'unknown') AS `group`,
    COUNT(*) AS numerator,
    COUNT(*) AS counted,
    NULL AS denominator,
    COUNT(*) AS weighed,
    COUNT(*) AS chosen
  FROM thing_months
  JOIN masks
    ON thing_months.word = masks.word AND thing_months.bits & masks.mask <> 0
  WHERE
    bundle = 2
  GROUP BY
    masks.grain,
    masks.period,
    masks.first_month,
    masks.last_month,
    sex
), population AS (
  SELECT
    population.key,
    population.municipality,
    population.year,
    population.age,
    population.sex,
    population.persons
  FROM marts__population AS population
  WHERE
    population.age >= 65
), dated_3 AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', CAST(TRY_MAKE_TIMESTAMP_NTZ(year, 1, 1, 0, 0, 0) AS DATE)) AS DATE) AS month
  FROM population
  WHERE
    CAST(TRY_MAKE_TIMESTAMP_NTZ(year, 1, 1, 0, 0, 0) AS DATE) >= CAST(TRUNC(CAST(:first_month AS DATE), 'YEAR') AS DATE)
    AND CAST(TRY_MAKE_TIMESTAMP_NTZ(year, 1, 1, 0, 0, 0) AS DATE) < ADD_MONTHS(CAST(ADD_MONTHS(TRUNC(CAST(:last_month AS DATE), 'YEAR'), 11) AS DATE), 1)
), dated_4 AS (
  SELECT
    *,
    month AS period_start,
    LAST_DAY(month) AS period_end
  FROM dated_3
), whole_periods AS (
  SELECT DISTINCT
    'month' AS grain,
    DATE_FORMAT(month, 'yyyy-MM') AS period,
    CAST(DATE_TRUNC('MONTH', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('MONTH', month) + INTERVAL '0' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(CAST(TRUNC(CAST(:first_month AS DATE), 'YEAR') AS DATE) AS TIMESTAMP_NTZ),
          CAST(CAST(ADD_MONTHS(TRUNC(CAST(:last_month AS DATE), 'YEAR'), 11) AS DATE) AS TIMESTAMP_NTZ),
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
          CAST(CAST(TRUNC(CAST(:first_month AS DATE), 'YEAR') AS DATE) AS TIMESTAMP_NTZ),
          CAST(CAST(ADD_MONTHS(TRUNC(CAST(:last_month AS DATE), 'YEAR'), 11) AS DATE) AS TIMESTAMP_NTZ),
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
          CAST(CAST(TRUNC(CAST(:first_month AS DATE), 'YEAR') AS DATE) AS TIMESTAMP_NTZ),
          CAST(CAST(ADD_MONTHS(TRUNC(CAST(:last_month AS DATE), 'YEAR'), 11) AS DATE) AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
), flagged AS (
  SELECT
    month,
    municipality AS municipality,
    sex AS sex,
    CAST(persons AS DECIMAL(24, 6)) AS value_0
  FROM dated_4
), cells AS (
  SELECT
    month,
    municipality,
    sex,
    COUNT(*) AS rows,
    SUM(value_0) AS sum_0,
    COUNT(value_0) AS count_0
  FROM flagged
  GROUP BY
    month,
    municipality,
    sex
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS `group`,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  GROUP BY
    month
  UNION ALL
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS `group`,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  GROUP BY
    month,
    municipality
  UNION ALL
  SELECT
    month,
    'sex' AS set,
    'sex=' || COALESCE(sex, 'unknown') AS `group`,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  GROUP BY
    month,
    sex
), monthly AS (
  SELECT
    month,
    set,
    `group`,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM groups
  GROUP BY
    month,
    set,
    `group`
), summed_senior_checks_65_per AS (
  SELECT
    whole_periods.grain,
    whole_periods.period,
    whole_periods.first_month,
    whole_periods.last_month,
    monthly.set,
    monthly.`group`,
    COALESCE(SUM(sum_0), 0) AS numerator,
    COALESCE(SUM(count_0), 0) AS counted,
    COALESCE(SUM(rows), 0) AS denominator,
    COALESCE(SUM(rows), 0) AS weighed,
    COALESCE(SUM(rows), 0) AS chosen
  FROM monthly
  JOIN whole_periods
    ON monthly.month BETWEEN whole_periods.first_month AND whole_periods.last_month
    AND whole_periods.grain IN ('year')
  GROUP BY
    whole_periods.grain,
    whole_periods.period,
    whole_periods.first_month,
    whole_periods.last_month,
    monthly.set,
    monthly.`group`
)
SELECT
  'senior_checks_65' AS measure,
  1 AS version,
  summed_senior_checks_65.period AS period,
  summed_senior_checks_65.`group` AS `group`,
  CAST(summed_senior_checks_65.numerator AS DOUBLE) AS numerator,
  CAST(summed_senior_checks_65_per.numerator AS DOUBLE) AS denominator,
  CAST(summed_senior_checks_65.numerator AS DOUBLE) / NULLIF(CAST(summed_senior_checks_65_per.numerator AS DOUBLE), 0) * 1000 AS value,
  summed_senior_checks_65.counted AS n
FROM summed_senior_checks_65
LEFT JOIN summed_senior_checks_65_per
  ON summed_senior_checks_65_per.grain = CASE summed_senior_checks_65.grain WHEN 'year' THEN 'year' END
  AND summed_senior_checks_65_per.first_month <= summed_senior_checks_65.first_month
  AND summed_senior_checks_65_per.last_month >= summed_senior_checks_65.last_month
  AND summed_senior_checks_65_per.`group` = summed_senior_checks_65.`group`
