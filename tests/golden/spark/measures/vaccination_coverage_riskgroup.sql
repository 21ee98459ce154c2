WITH person AS (
  SELECT
    person.key,
    person.birth_date,
    person.sex,
    person.municipality,
    person.died_on,
    person.security_block,
    person.is_test
  FROM marts__person AS person
  WHERE
    NOT person.is_test IS TRUE
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
        EXPLODE(
          CAST(SEQUENCE(
            CAST(:first_month AS TIMESTAMP_NTZ),
            CAST(:last_month AS TIMESTAMP_NTZ),
            INTERVAL '1' MONTH
          ) AS ARRAY<DATE>)
        ) AS month
    ) AS months
    WHERE
      MONTH(month) % 3 = 0
  ) AS months
), named AS (
  SELECT
    *,
    CAST(TRY_MAKE_TIMESTAMP_NTZ(
      CASE
        WHEN MONTH(period_end) >= 10
        THEN YEAR(period_end)
        ELSE YEAR(period_end) - 1
      END,
      10,
      1,
      0,
      0,
      0
    ) AS DATE) AS season
  FROM census
), named_2 AS (
  SELECT
    *,
    (
      (
        YEAR(season) - YEAR(birth_date)
      ) - CAST((
        MONTH(season) * 100 + DAY(season) < MONTH(birth_date) * 100 + DAY(birth_date)
      ) AS INT)
    ) AS years
  FROM named
), kept AS (
  SELECT
    *
  FROM named_2
  WHERE
    birth_date <= period_end AND (
      died_on IS NULL OR died_on > period_end
    )
), look_risk_disease AS (
  SELECT
    diagnosis.person AS shared,
    MIN(CAST(diagnosis.recorded_on AS TIMESTAMP_NTZ)) AS moment
  FROM marts__diagnosis AS diagnosis
  WHERE
    (
      diagnosis.code_system = 'ICD10'
      AND (
        STARTSWITH(diagnosis.code, 'E10')
        OR STARTSWITH(diagnosis.code, 'E11')
        OR STARTSWITH(diagnosis.code, 'E13')
        OR STARTSWITH(diagnosis.code, 'E14')
        OR STARTSWITH(diagnosis.code, 'I20')
        OR STARTSWITH(diagnosis.code, 'I21')
        OR STARTSWITH(diagnosis.code, 'I22')
        OR STARTSWITH(diagnosis.code, 'I23')
        OR STARTSWITH(diagnosis.code, 'I24')
        OR STARTSWITH(diagnosis.code, 'I25')
        OR STARTSWITH(diagnosis.code, 'I48')
        OR STARTSWITH(diagnosis.code, 'I50')
        OR STARTSWITH(diagnosis.code, 'J44')
        OR STARTSWITH(diagnosis.code, 'J45')
        OR STARTSWITH(diagnosis.code, 'J46')
        OR STARTSWITH(diagnosis.code, 'N18')
        OR STARTSWITH(diagnosis.code, 'C')
        OR STARTSWITH(diagnosis.code, 'F00')
        OR STARTSWITH(diagnosis.code, 'F01')
        OR STARTSWITH(diagnosis.code, 'F02')
        OR STARTSWITH(diagnosis.code, 'F03')
        OR STARTSWITH(diagnosis.code, 'G30')
      )
      OR diagnosis.code_system = 'ICPC2'
      AND (
        STARTSWITH(diagnosis.code, 'T89')
        OR STARTSWITH(diagnosis.code, 'T90')
        OR STARTSWITH(diagnosis.code, 'K74')
        OR STARTSWITH(diagnosis.code, 'K75')
        OR STARTSWITH(diagnosis.code, 'K76')
        OR STARTSWITH(diagnosis.code, 'K77')
        OR STARTSWITH(diagnosis.code, 'K78')
        OR STARTSWITH(diagnosis.code, 'R95')
        OR STARTSWITH(diagnosis.code, 'R96')
        OR STARTSWITH(diagnosis.code, 'U99')
        OR STARTSWITH(diagnosis.code, 'P70')
      )
    )
    AND NOT diagnosis.recorded_on IS NULL
  GROUP BY
    diagnosis.person
), with_risk_disease AS (
  SELECT
    this.*,
    COALESCE(look_risk_disease.moment < CAST(this.season AS TIMESTAMP_NTZ), FALSE) AS risk_disease
  FROM kept AS this
  LEFT JOIN look_risk_disease
    ON look_risk_disease.shared = this.key
), kept_2 AS (
  SELECT
    *
  FROM with_risk_disease
  WHERE
    years >= 65 OR years >= 18 AND risk_disease
), met_vaccinated AS (
  SELECT DISTINCT
    vaccination.person AS shared,
    CAST(vaccination.given_on AS DATE) AS day
  FROM marts__vaccination AS vaccination
  WHERE
    STARTSWITH(vaccination.atc, 'J07BB') AND NOT vaccination.given_on IS NULL
), days_vaccinated AS (
  SELECT
    period_end,
    EXPLODE(
      CAST(SEQUENCE(
        CAST((
          CAST(TRY_MAKE_TIMESTAMP_NTZ(
            CASE
              WHEN MONTH(CAST(period_end AS DATE)) >= 10
              THEN YEAR(CAST(period_end AS DATE))
              ELSE YEAR(CAST(period_end AS DATE)) - 1
            END,
            10,
            1,
            0,
            0,
            0
          ) AS DATE)
        ) AS TIMESTAMP_NTZ),
        CAST((
          CAST(period_end AS DATE) + 1
        ) AS TIMESTAMP_NTZ) - INTERVAL '1' DAY,
        INTERVAL '1' DAY
      ) AS ARRAY<DATE>)
    ) AS day
  FROM (
    SELECT
      month AS period_start,
      CAST(LAST_DAY(month) AS DATE) AS period_end
    FROM (
      SELECT
        month
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
      WHERE
        MONTH(month) % 3 = 0
    ) AS months
  ) AS ends
), months_of_vaccinated AS (
  SELECT
    day,
    YEAR(period_end) DIV 5 AS word,
    BIT_OR(
      SHIFTLEFT(CAST(1 AS BIGINT), (
        YEAR(period_end) % 5 * 12 + MONTH(period_end) - 1
      ))
    ) AS bits
  FROM days_vaccinated
  GROUP BY
    day,
    word
), look_vaccinated AS (
  SELECT
    shared,
    word,
    BIT_OR(bits) AS bits
  FROM met_vaccinated
  JOIN months_of_vaccinated
    USING (day)
  GROUP BY
    shared,
    word
), with_vaccinated AS (
  SELECT
    this.*,
    COALESCE(
      look_vaccinated.bits & (
        SHIFTLEFT(
          CAST(1 AS BIGINT),
          (
            YEAR(this.period_end) % 5 * 12 + MONTH(this.period_end) - 1
          )
        )
      ) <> 0,
      FALSE
    ) AS vaccinated
  FROM kept_2 AS this
  LEFT JOIN look_vaccinated
    ON look_vaccinated.shared = this.key
    AND look_vaccinated.word = YEAR(this.period_end) DIV 5
), dated AS (
  SELECT
    *,
    period_start AS month
  FROM with_vaccinated
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
    END AS STRING) AS age_group,
    CAST(CASE WHEN security_block THEN NULL ELSE municipality END AS STRING) AS municipality,
    sex AS sex,
    CASE WHEN vaccinated THEN 1 ELSE 0 END AS pattern
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
    '' AS `group`,
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
    'age_group=' || COALESCE(age_group, 'unknown') AS `group`,
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
    'municipality=' || COALESCE(municipality, 'unknown') AS `group`,
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
    'sex=' || COALESCE(sex, 'unknown') AS `group`,
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
), summed_vaccination_coverage_riskgroup AS (
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
    ON monthly.month = periods.last_month AND periods.grain IN ('quarter', 'year')
  GROUP BY
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly.`group`
)
SELECT
  'vaccination_coverage_riskgroup' AS measure,
  1 AS version,
  summed_vaccination_coverage_riskgroup.period AS period,
  summed_vaccination_coverage_riskgroup.`group` AS `group`,
  CAST(summed_vaccination_coverage_riskgroup.numerator AS DOUBLE) AS numerator,
  CAST(summed_vaccination_coverage_riskgroup.denominator AS DOUBLE) AS denominator,
  CAST(summed_vaccination_coverage_riskgroup.numerator AS DOUBLE) / NULLIF(CAST(summed_vaccination_coverage_riskgroup.denominator AS DOUBLE), 0) AS value,
  summed_vaccination_coverage_riskgroup.weighed AS n
FROM summed_vaccination_coverage_riskgroup
