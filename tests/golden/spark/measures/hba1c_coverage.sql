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
    AND (
      person.key IN (
        SELECT
          diagnosis.person
        FROM marts__diagnosis AS diagnosis
        WHERE
          (
            diagnosis.code_system = 'ICD10'
            AND (
              STARTSWITH(diagnosis.code, 'E10')
              OR STARTSWITH(diagnosis.code, 'E11')
              OR STARTSWITH(diagnosis.code, 'E13')
              OR STARTSWITH(diagnosis.code, 'E14')
            )
            OR diagnosis.code_system = 'ICPC2'
            AND (
              STARTSWITH(diagnosis.code, 'T89') OR STARTSWITH(diagnosis.code, 'T90')
            )
            OR diagnosis.code_system = 'SNOMED'
            AND diagnosis.code IN ('44054006', '46635009', '73211009')
          )
          AND NOT diagnosis.person IS NULL
      )
      OR person.key IN (
        SELECT
          medication.person
        FROM marts__medication AS medication
        WHERE
          STARTSWITH(medication.atc, 'A10B') AND NOT medication.person IS NULL
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
), kept AS (
  SELECT
    *
  FROM census
  WHERE
    birth_date <= period_end AND (
      died_on IS NULL OR died_on > period_end
    )
), met_diagnosed AS (
  SELECT DISTINCT
    diagnosis.person AS shared,
    CAST(diagnosis.recorded_on AS DATE) AS day
  FROM marts__diagnosis AS diagnosis
  WHERE
    (
      diagnosis.code_system = 'ICD10'
      AND (
        STARTSWITH(diagnosis.code, 'E10')
        OR STARTSWITH(diagnosis.code, 'E11')
        OR STARTSWITH(diagnosis.code, 'E13')
        OR STARTSWITH(diagnosis.code, 'E14')
      )
      OR diagnosis.code_system = 'ICPC2'
      AND (
        STARTSWITH(diagnosis.code, 'T89') OR STARTSWITH(diagnosis.code, 'T90')
      )
      OR diagnosis.code_system = 'SNOMED'
      AND diagnosis.code IN ('44054006', '46635009', '73211009')
    )
    AND NOT diagnosis.recorded_on IS NULL
), days_diagnosed AS (
  SELECT
    period_end,
    EXPLODE(
      CAST(SEQUENCE(
        CAST(CAST(ADD_MONTHS(CAST((
          CAST(period_end AS DATE) + 1
        ) AS DATE), CAST(-60 AS INT)) AS DATE) AS TIMESTAMP_NTZ),
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
), months_of_diagnosed AS (
  SELECT
    day,
    YEAR(period_end) DIV 5 AS word,
    BIT_OR(
      SHIFTLEFT(CAST(1 AS BIGINT), (
        YEAR(period_end) % 5 * 12 + MONTH(period_end) - 1
      ))
    ) AS bits
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
        SHIFTLEFT(
          CAST(1 AS BIGINT),
          (
            YEAR(this.period_end) % 5 * 12 + MONTH(this.period_end) - 1
          )
        )
      ) <> 0,
      FALSE
    ) AS diagnosed
  FROM kept AS this
  LEFT JOIN look_diagnosed
    ON look_diagnosed.shared = this.key
    AND look_diagnosed.word = YEAR(this.period_end) DIV 5
), met_oral AS (
  SELECT DISTINCT
    medication.person AS shared,
    CAST(medication.started_on AS DATE) AS day
  FROM marts__medication AS medication
  WHERE
    STARTSWITH(medication.atc, 'A10B') AND NOT medication.started_on IS NULL
), days_oral AS (
  SELECT
    period_end,
    EXPLODE(
      CAST(SEQUENCE(
        CAST(CAST(ADD_MONTHS(CAST((
          CAST(period_end AS DATE) + 1
        ) AS DATE), CAST(-60 AS INT)) AS DATE) AS TIMESTAMP_NTZ),
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
), months_of_oral AS (
  SELECT
    day,
    YEAR(period_end) DIV 5 AS word,
    BIT_OR(
      SHIFTLEFT(CAST(1 AS BIGINT), (
        YEAR(period_end) % 5 * 12 + MONTH(period_end) - 1
      ))
    ) AS bits
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
        SHIFTLEFT(
          CAST(1 AS BIGINT),
          (
            YEAR(this.period_end) % 5 * 12 + MONTH(this.period_end) - 1
          )
        )
      ) <> 0,
      FALSE
    ) AS oral
  FROM with_diagnosed AS this
  LEFT JOIN look_oral
    ON look_oral.shared = this.key AND look_oral.word = YEAR(this.period_end) DIV 5
), kept_2 AS (
  SELECT
    *
  FROM with_oral
  WHERE
    diagnosed OR oral
), look_hba1c AS (
  SELECT
    measurement.person AS shared,
    CAST(measurement.taken_at AS TIMESTAMP_NTZ) AS moment,
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
  FROM marts__measurement AS measurement
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
    CAST(measurement.taken_at AS TIMESTAMP_NTZ)
), with_hba1c AS (
  SELECT
    this.*,
    CASE
      WHEN look_hba1c.moment >= CAST(CAST(ADD_MONTHS(CAST((
        CAST(this.period_end AS DATE) + 1
      ) AS DATE), CAST(-12 AS INT)) AS DATE) AS TIMESTAMP_NTZ)
      THEN look_hba1c.given
    END AS hba1c
  FROM (
    SELECT
      *
    FROM (
      SELECT
        this,
        LAST_VALUE(look_hba1c, TRUE) OVER (
          PARTITION BY asof_key
          ORDER BY asof_at, asof_side
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS look_hba1c
      FROM (
        SELECT
          STRUCT(this.*) AS this,
          NULL AS look_hba1c,
          this.key AS asof_key,
          CAST((
            CAST(this.period_end AS DATE) + 1
          ) AS TIMESTAMP_NTZ) AS asof_at,
          0 AS asof_side
        FROM kept_2 AS this
        UNION ALL
        SELECT
          NULL AS this,
          STRUCT(look_hba1c.*) AS look_hba1c,
          look_hba1c.shared AS asof_key,
          look_hba1c.moment AS asof_at,
          1 AS asof_side
        FROM look_hba1c
        WHERE
          NOT look_hba1c.shared IS NULL
      ) AS asof_lines
    ) AS asof_seen
    WHERE
      NOT this IS NULL
  ) AS asof_pairs
), dated AS (
  SELECT
    *,
    period_start AS month
  FROM with_hba1c
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
    CASE WHEN NOT hba1c IS NULL THEN 1 ELSE 0 END AS pattern
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
), summed_hba1c_coverage AS (
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
  'hba1c_coverage' AS measure,
  1 AS version,
  summed_hba1c_coverage.period AS period,
  summed_hba1c_coverage.`group` AS `group`,
  CAST(summed_hba1c_coverage.numerator AS DOUBLE) AS numerator,
  CAST(summed_hba1c_coverage.denominator AS DOUBLE) AS denominator,
  CAST(summed_hba1c_coverage.numerator AS DOUBLE) / NULLIF(CAST(summed_hba1c_coverage.denominator AS DOUBLE), 0) AS value,
  summed_hba1c_coverage.weighed AS n
FROM summed_hba1c_coverage
