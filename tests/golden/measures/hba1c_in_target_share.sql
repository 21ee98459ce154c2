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
    AND (
      person.key IN (
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
            )
            OR diagnosis.code_system = 'ICPC2'
            AND (
              STARTS_WITH(diagnosis.code, 'T89') OR STARTS_WITH(diagnosis.code, 'T90')
            )
            OR diagnosis.code_system = 'SNOMED'
            AND diagnosis.code IN ('44054006', '46635009', '73211009')
          )
          AND NOT diagnosis.person IS NULL
      )
      OR person.key IN (
        SELECT
          medication.person
        FROM marts.medication AS medication
        WHERE
          STARTS_WITH(medication.atc, 'A10B') AND NOT medication.person IS NULL
      )
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
      MONTH(month) % 3 = 0
  ) AS months
), kept AS (
  SELECT
    *
  FROM census
  WHERE
    birth_date <= period_end AND (
      died_on IS NULL OR died_on > period_end
    )
), look_hba1c AS (
  SELECT
    measurement.person AS shared,
    CAST(measurement.taken_at AS TIMESTAMP) AS moment,
    MAX(
      CASE
        WHEN measurement.value <= 20
        THEN ROUND(
          CAST(CAST((
            measurement.value - 2.152
          ) AS DOUBLE) / NULLIF(CAST(0.09148 AS DOUBLE), 0) AS DECIMAL(28, 10)),
          0
        )
        ELSE measurement.value
      END
    ) AS given
  FROM marts.measurement AS measurement
  WHERE
    (
      (
        (
          (
            measurement.test = 'hba1c' AND measurement.value BETWEEN 3 AND 200
          )
          AND NOT COALESCE(measurement.status, 'final') IN ('cancelled', 'entered_in_error')
        )
        AND NOT measurement.taken_at IS NULL
      )
      AND NOT CASE
        WHEN measurement.value <= 20
        THEN ROUND(
          CAST(CAST((
            measurement.value - 2.152
          ) AS DOUBLE) / NULLIF(CAST(0.09148 AS DOUBLE), 0) AS DECIMAL(28, 10)),
          0
        )
        ELSE measurement.value
      END IS NULL
    )
    AND NOT measurement.taken_at IS NULL
  GROUP BY
    measurement.person,
    CAST(measurement.taken_at AS TIMESTAMP)
), with_hba1c AS (
  SELECT
    this.*,
    CASE
      WHEN look_hba1c.moment >= CAST(CAST(CAST((
        CAST(this.period_end AS DATE) + 1
      ) AS DATE) + TO_MONTHS(CAST(-12 AS INT)) AS DATE) AS TIMESTAMP)
      THEN look_hba1c.given
    END AS hba1c
  FROM kept AS this
  ASOF LEFT JOIN look_hba1c
    ON this.key = look_hba1c.shared
    AND CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS TIMESTAMP) > look_hba1c.moment
), kept_2 AS (
  SELECT
    *
  FROM with_hba1c
  WHERE
    NOT hba1c IS NULL
), met_diagnosed AS (
  SELECT DISTINCT
    diagnosis.person AS shared,
    CAST(diagnosis.recorded_on AS DATE) AS day
  FROM marts.diagnosis AS diagnosis
  WHERE
    (
      diagnosis.code_system = 'ICD10'
      AND (
        STARTS_WITH(diagnosis.code, 'E10')
        OR STARTS_WITH(diagnosis.code, 'E11')
        OR STARTS_WITH(diagnosis.code, 'E13')
        OR STARTS_WITH(diagnosis.code, 'E14')
      )
      OR diagnosis.code_system = 'ICPC2'
      AND (
        STARTS_WITH(diagnosis.code, 'T89') OR STARTS_WITH(diagnosis.code, 'T90')
      )
      OR diagnosis.code_system = 'SNOMED'
      AND diagnosis.code IN ('44054006', '46635009', '73211009')
    )
    AND NOT diagnosis.recorded_on IS NULL
), days_diagnosed AS (
  SELECT
    period_end,
    CAST(UNNEST(
      GENERATE_SERIES(
        CAST(CAST(CAST((
          CAST(period_end AS DATE) + 1
        ) AS DATE) + TO_MONTHS(CAST(-60 AS INT)) AS DATE) AS TIMESTAMP),
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
        MONTH(month) % 3 = 0
    ) AS months
  ) AS ends
), months_of_diagnosed AS (
  SELECT
    day,
    YEAR(period_end) // 5 AS word,
    BIT_OR(CAST(1 AS BIGINT) << (
      YEAR(period_end) % 5 * 12 + MONTH(period_end) - 1
    )) AS bits
  FROM days_diagnosed
  GROUP BY
    day,
    word
), look_diagnosed AS (
  SELECT
    shared,
    word,
    BIT_OR(bits) AS bits
  FROM met_diagnosed
  JOIN months_of_diagnosed
    USING (day)
  GROUP BY
    shared,
    word
), with_diagnosed AS (
  SELECT
    this.*,
    COALESCE(
      look_diagnosed.bits & (
        CAST(1 AS BIGINT) << (
          YEAR(this.period_end) % 5 * 12 + MONTH(this.period_end) - 1
        )
      ) <> 0,
      FALSE
    ) AS diagnosed
  FROM kept_2 AS this
  LEFT JOIN look_diagnosed
    ON look_diagnosed.shared = this.key
    AND look_diagnosed.word = YEAR(this.period_end) // 5
), met_oral AS (
  SELECT DISTINCT
    medication.person AS shared,
    CAST(medication.started_on AS DATE) AS day
  FROM marts.medication AS medication
  WHERE
    STARTS_WITH(medication.atc, 'A10B') AND NOT medication.started_on IS NULL
), days_oral AS (
  SELECT
    period_end,
    CAST(UNNEST(
      GENERATE_SERIES(
        CAST(CAST(CAST((
          CAST(period_end AS DATE) + 1
        ) AS DATE) + TO_MONTHS(CAST(-60 AS INT)) AS DATE) AS TIMESTAMP),
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
        MONTH(month) % 3 = 0
    ) AS months
  ) AS ends
), months_of_oral AS (
  SELECT
    day,
    YEAR(period_end) // 5 AS word,
    BIT_OR(CAST(1 AS BIGINT) << (
      YEAR(period_end) % 5 * 12 + MONTH(period_end) - 1
    )) AS bits
  FROM days_oral
  GROUP BY
    day,
    word
), look_oral AS (
  SELECT
    shared,
    word,
    BIT_OR(bits) AS bits
  FROM met_oral
  JOIN months_of_oral
    USING (day)
  GROUP BY
    shared,
    word
), with_oral AS (
  SELECT
    this.*,
    COALESCE(
      look_oral.bits & (
        CAST(1 AS BIGINT) << (
          YEAR(this.period_end) % 5 * 12 + MONTH(this.period_end) - 1
        )
      ) <> 0,
      FALSE
    ) AS oral
  FROM with_diagnosed AS this
  LEFT JOIN look_oral
    ON look_oral.shared = this.key AND look_oral.word = YEAR(this.period_end) // 5
), kept_3 AS (
  SELECT
    *
  FROM with_oral
  WHERE
    diagnosed OR oral
), dated AS (
  SELECT
    *,
    period_start AS month
  FROM kept_3
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
    CASE WHEN hba1c < 53 THEN 1 ELSE 0 END AS pattern
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
), summed_hba1c_in_target_share AS (
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
    ON monthly.month = periods.last_month AND periods.grain IN ('quarter', 'year')
  GROUP BY
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group"
)
SELECT
  'hba1c_in_target_share' AS measure,
  1 AS version,
  summed_hba1c_in_target_share.period AS period,
  summed_hba1c_in_target_share."group" AS "group",
  CAST(summed_hba1c_in_target_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_hba1c_in_target_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_hba1c_in_target_share.numerator AS DOUBLE) / NULLIF(CAST(summed_hba1c_in_target_share.denominator AS DOUBLE), 0) AS value,
  summed_hba1c_in_target_share.weighed AS n
FROM summed_hba1c_in_target_share
