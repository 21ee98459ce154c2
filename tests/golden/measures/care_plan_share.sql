WITH person AS (
  SELECT
    person.key,
    person.birth_date,
    person.sex,
    person.municipality,
    person.died_on,
    person.security_block,
    person.is_test
  FROM marts.person AS person
  WHERE
    NOT person.is_test IS TRUE
    AND person.key IN (
      SELECT
        diagnosis.person
      FROM marts.diagnosis AS diagnosis
      WHERE
        (
          diagnosis.code_system = 'ICD10'
          AND (
            STARTS_WITH(diagnosis.code, 'E10')
            OR STARTS_WITH(diagnosis.code, 'E11')
            OR STARTS_WITH(diagnosis.code, 'E13')
            OR STARTS_WITH(diagnosis.code, 'E14')
            OR STARTS_WITH(diagnosis.code, 'I10')
            OR STARTS_WITH(diagnosis.code, 'I11')
            OR STARTS_WITH(diagnosis.code, 'I12')
            OR STARTS_WITH(diagnosis.code, 'I13')
            OR STARTS_WITH(diagnosis.code, 'I15')
            OR STARTS_WITH(diagnosis.code, 'I20')
            OR STARTS_WITH(diagnosis.code, 'I21')
            OR STARTS_WITH(diagnosis.code, 'I22')
            OR STARTS_WITH(diagnosis.code, 'I23')
            OR STARTS_WITH(diagnosis.code, 'I24')
            OR STARTS_WITH(diagnosis.code, 'I25')
            OR STARTS_WITH(diagnosis.code, 'I48')
            OR STARTS_WITH(diagnosis.code, 'I50')
            OR STARTS_WITH(diagnosis.code, 'J44')
            OR STARTS_WITH(diagnosis.code, 'J45')
            OR STARTS_WITH(diagnosis.code, 'N18')
          )
          OR diagnosis.code_system = 'ICPC2'
          AND (
            STARTS_WITH(diagnosis.code, 'T89')
            OR STARTS_WITH(diagnosis.code, 'T90')
            OR STARTS_WITH(diagnosis.code, 'K86')
            OR STARTS_WITH(diagnosis.code, 'K87')
            OR STARTS_WITH(diagnosis.code, 'K74')
            OR STARTS_WITH(diagnosis.code, 'K75')
            OR STARTS_WITH(diagnosis.code, 'K76')
            OR STARTS_WITH(diagnosis.code, 'K77')
            OR STARTS_WITH(diagnosis.code, 'K78')
            OR STARTS_WITH(diagnosis.code, 'R95')
            OR STARTS_WITH(diagnosis.code, 'R96')
            OR STARTS_WITH(diagnosis.code, 'U99')
          )
        )
        AND NOT diagnosis.person IS NULL
    )
), census AS (
  SELECT
    person.*,
    months.month AS period_start,
    CAST(LAST_DAY(months.month) AS DATE) AS period_end
  FROM person
  CROSS JOIN (
    SELECT
      month
    FROM (
      SELECT
        CAST(UNNEST(
          GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
        ) AS DATE) AS month
    ) AS months
    WHERE
      MONTH(month) % 12 = 0
  ) AS months
), kept AS (
  SELECT
    *
  FROM census
  WHERE
    birth_date <= period_end AND (
      died_on IS NULL OR died_on > period_end
    )
), look_disease AS (
  SELECT
    diagnosis.person AS shared,
    MIN(CAST(diagnosis.recorded_on AS TIMESTAMP)) AS moment
  FROM marts.diagnosis AS diagnosis
  WHERE
    (
      diagnosis.code_system = 'ICD10'
      AND (
        STARTS_WITH(diagnosis.code, 'E10')
        OR STARTS_WITH(diagnosis.code, 'E11')
        OR STARTS_WITH(diagnosis.code, 'E13')
        OR STARTS_WITH(diagnosis.code, 'E14')
        OR STARTS_WITH(diagnosis.code, 'I10')
        OR STARTS_WITH(diagnosis.code, 'I11')
        OR STARTS_WITH(diagnosis.code, 'I12')
        OR STARTS_WITH(diagnosis.code, 'I13')
        OR STARTS_WITH(diagnosis.code, 'I15')
        OR STARTS_WITH(diagnosis.code, 'I20')
        OR STARTS_WITH(diagnosis.code, 'I21')
        OR STARTS_WITH(diagnosis.code, 'I22')
        OR STARTS_WITH(diagnosis.code, 'I23')
        OR STARTS_WITH(diagnosis.code, 'I24')
        OR STARTS_WITH(diagnosis.code, 'I25')
        OR STARTS_WITH(diagnosis.code, 'I48')
        OR STARTS_WITH(diagnosis.code, 'I50')
        OR STARTS_WITH(diagnosis.code, 'J44')
        OR STARTS_WITH(diagnosis.code, 'J45')
        OR STARTS_WITH(diagnosis.code, 'N18')
      )
      OR diagnosis.code_system = 'ICPC2'
      AND (
        STARTS_WITH(diagnosis.code, 'T89')
        OR STARTS_WITH(diagnosis.code, 'T90')
        OR STARTS_WITH(diagnosis.code, 'K86')
        OR STARTS_WITH(diagnosis.code, 'K87')
        OR STARTS_WITH(diagnosis.code, 'K74')
        OR STARTS_WITH(diagnosis.code, 'K75')
        OR STARTS_WITH(diagnosis.code, 'K76')
        OR STARTS_WITH(diagnosis.code, 'K77')
        OR STARTS_WITH(diagnosis.code, 'K78')
        OR STARTS_WITH(diagnosis.code, 'R95')
        OR STARTS_WITH(diagnosis.code, 'R96')
        OR STARTS_WITH(diagnosis.code, 'U99')
      )
    )
    AND NOT diagnosis.recorded_on IS NULL
  GROUP BY
    diagnosis.person
), with_disease AS (
  SELECT
    this.*,
    COALESCE(
      look_disease.moment < CAST((
        CAST(this.period_end AS DATE) + 1
      ) AS TIMESTAMP),
      FALSE
    ) AS disease
  FROM kept AS this
  LEFT JOIN look_disease
    ON look_disease.shared = this.key
), kept_2 AS (
  SELECT
    *
  FROM with_disease
  WHERE
    disease
), look_contacts AS (
  SELECT
    this.key,
    this.period_end,
    COUNT(*) AS given
  FROM marts.contact AS contact
  JOIN kept_2 AS this
    ON contact.person = this.key
    AND CAST(contact.happened_at AS TIMESTAMP) >= CAST(CAST(CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS DATE) + TO_MONTHS(CAST(-12 AS INT)) AS DATE) AS TIMESTAMP)
    AND CAST(contact.happened_at AS TIMESTAMP) < CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS TIMESTAMP)
  WHERE
    (
      contact.contact_type IN ('R10', 'R20', 'R30', 'R40', 'R41', 'R50', 'R51', 'R52', 'R56')
      AND NOT contact.cancelled IS TRUE
    )
    AND NOT COALESCE(contact.status, '7') IN ('3', '4', '5', '9')
  GROUP BY
    this.key,
    this.period_end
), with_contacts AS (
  SELECT
    this.*,
    COALESCE(look_contacts.given, 0) AS contacts
  FROM kept_2 AS this
  LEFT JOIN look_contacts
    ON look_contacts.key = this.key AND look_contacts.period_end = this.period_end
), kept_3 AS (
  SELECT
    *
  FROM with_contacts
  WHERE
    contacts >= 4
), met_planned AS (
  SELECT DISTINCT
    care_plan.person AS shared,
    CAST(care_plan.updated_on AS DATE) AS day
  FROM marts.care_plan AS care_plan
  WHERE
    care_plan.in_kanta IS TRUE AND NOT care_plan.updated_on IS NULL
), days_planned AS (
  SELECT
    period_end,
    CAST(UNNEST(
      GENERATE_SERIES(
        CAST(CAST(CAST((
          CAST(period_end AS DATE) + 1
        ) AS DATE) + TO_MONTHS(CAST(-12 AS INT)) AS DATE) AS TIMESTAMP),
        CAST((
          CAST(period_end AS DATE) + 1
        ) AS TIMESTAMP) - INTERVAL '1' DAY,
        INTERVAL '1' DAY
      )
    ) AS DATE) AS day
  FROM (
    SELECT
      month AS period_start,
      CAST(LAST_DAY(month) AS DATE) AS period_end
    FROM (
      SELECT
        month
      FROM (
        SELECT
          CAST(UNNEST(
            GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
          ) AS DATE) AS month
      ) AS months
      WHERE
        MONTH(month) % 12 = 0
    ) AS months
  ) AS ends
), months_of_planned AS (
  SELECT
    day,
    YEAR(period_end) // 5 AS word,
    BIT_OR(CAST(1 AS BIGINT) << (
      YEAR(period_end) % 5 * 12 + MONTH(period_end) - 1
    )) AS bits
  FROM days_planned
  GROUP BY
    day,
    word
), look_planned AS (
  SELECT
    shared,
    word,
    BIT_OR(bits) AS bits
  FROM met_planned
  JOIN months_of_planned
    USING (day)
  GROUP BY
    shared,
    word
), with_planned AS (
  SELECT
    this.*,
    COALESCE(
      look_planned.bits & (
        CAST(1 AS BIGINT) << (
          YEAR(this.period_end) % 5 * 12 + MONTH(this.period_end) - 1
        )
      ) <> 0,
      FALSE
    ) AS planned
  FROM kept_3 AS this
  LEFT JOIN look_planned
    ON look_planned.shared = this.key AND look_planned.word = YEAR(this.period_end) // 5
), dated AS (
  SELECT
    *,
    period_start AS month
  FROM with_planned
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
        YEAR(period_end) - YEAR(birth_date)
      ) - CAST((
        MONTH(period_end) * 100 + DAY(period_end) < MONTH(birth_date) * 100 + DAY(birth_date)
      ) AS INT)
    ) AS age_1
  FROM dated
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
    CAST(CASE WHEN security_block THEN NULL ELSE municipality END AS TEXT) AS municipality,
    sex AS sex,
    CASE WHEN planned THEN 1 ELSE 0 END AS pattern
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
), summed_care_plan_share AS (
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
    ON monthly.month = periods.last_month AND periods.grain IN ('year')
  GROUP BY
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group"
)
SELECT
  'care_plan_share' AS measure,
  1 AS version,
  summed_care_plan_share.period AS period,
  summed_care_plan_share."group" AS "group",
  CAST(summed_care_plan_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_care_plan_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_care_plan_share.numerator AS DOUBLE) / NULLIF(CAST(summed_care_plan_share.denominator AS DOUBLE), 0) AS value,
  summed_care_plan_share.weighed AS n
FROM summed_care_plan_share
