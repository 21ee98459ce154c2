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
    AND person.key IN (
      SELECT
        diagnosis.person
      FROM marts__diagnosis AS diagnosis
      WHERE
        (
          diagnosis.code_system = 'ICD10'
          AND (
            STARTSWITH(diagnosis.code, 'I10')
            OR STARTSWITH(diagnosis.code, 'I11')
            OR STARTSWITH(diagnosis.code, 'I12')
            OR STARTSWITH(diagnosis.code, 'I13')
            OR STARTSWITH(diagnosis.code, 'I15')
          )
          OR diagnosis.code_system = 'ICPC2'
          AND (
            STARTSWITH(diagnosis.code, 'K86') OR STARTSWITH(diagnosis.code, 'K87')
          )
          OR diagnosis.code_system = 'SNOMED'
          AND diagnosis.code IN ('38341003', '59621000')
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
), look_hypertension AS (
  SELECT
    diagnosis.person AS shared,
    MIN(CAST(diagnosis.recorded_on AS TIMESTAMP_NTZ)) AS moment
  FROM marts__diagnosis AS diagnosis
  WHERE
    (
      diagnosis.code_system = 'ICD10'
      AND (
        STARTSWITH(diagnosis.code, 'I10')
        OR STARTSWITH(diagnosis.code, 'I11')
        OR STARTSWITH(diagnosis.code, 'I12')
        OR STARTSWITH(diagnosis.code, 'I13')
        OR STARTSWITH(diagnosis.code, 'I15')
      )
      OR diagnosis.code_system = 'ICPC2'
      AND (
        STARTSWITH(diagnosis.code, 'K86') OR STARTSWITH(diagnosis.code, 'K87')
      )
      OR diagnosis.code_system = 'SNOMED'
      AND diagnosis.code IN ('38341003', '59621000')
    )
    AND NOT diagnosis.recorded_on IS NULL
  GROUP BY
    diagnosis.person
), with_hypertension AS (
  SELECT
    this.*,
    COALESCE(
      look_hypertension.moment < CAST((
        CAST(this.period_end AS DATE) + 1
      ) AS TIMESTAMP_NTZ),
      FALSE
    ) AS hypertension
  FROM kept AS this
  LEFT JOIN look_hypertension
    ON look_hypertension.shared = this.key
), kept_2 AS (
  SELECT
    *
  FROM with_hypertension
  WHERE
    hypertension
), look_office_systolic AS (
  SELECT
    measurement.person AS shared,
    CAST(measurement.taken_at AS TIMESTAMP_NTZ) AS moment,
    MAX(measurement.value) AS given
  FROM marts__measurement AS measurement
  WHERE
    (
      (
        (
          (
            (
              measurement.test = 'bp_sys' AND measurement.value BETWEEN 40 AND 300
            )
            AND COALESCE(measurement.place, 'office') <> 'home'
          )
          AND NOT COALESCE(measurement.status, 'final') IN ('cancelled', 'entered_in_error')
        )
        AND NOT measurement.taken_at IS NULL
      )
      AND NOT measurement.value IS NULL
    )
    AND NOT measurement.taken_at IS NULL
  GROUP BY
    measurement.person,
    CAST(measurement.taken_at AS TIMESTAMP_NTZ)
), with_office_systolic AS (
  SELECT
    this.*,
    CASE
      WHEN look_office_systolic.moment >= CAST(CAST(ADD_MONTHS(CAST((
        CAST(this.period_end AS DATE) + 1
      ) AS DATE), CAST(-12 AS INT)) AS DATE) AS TIMESTAMP_NTZ)
      THEN look_office_systolic.given
    END AS office_systolic
  FROM (
    SELECT
      *
    FROM (
      SELECT
        this,
        LAST_VALUE(look_office_systolic, TRUE) OVER (
          PARTITION BY asof_key
          ORDER BY asof_at, asof_side
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS look_office_systolic
      FROM (
        SELECT
          STRUCT(this.*) AS this,
          NULL AS look_office_systolic,
          this.key AS asof_key,
          CAST((
            CAST(this.period_end AS DATE) + 1
          ) AS TIMESTAMP_NTZ) AS asof_at,
          0 AS asof_side
        FROM kept_2 AS this
        UNION ALL
        SELECT
          NULL AS this,
          STRUCT(look_office_systolic.*) AS look_office_systolic,
          look_office_systolic.shared AS asof_key,
          look_office_systolic.moment AS asof_at,
          1 AS asof_side
        FROM look_office_systolic
        WHERE
          NOT look_office_systolic.shared IS NULL
      ) AS asof_lines
    ) AS asof_seen
    WHERE
      NOT this IS NULL
  ) AS asof_pairs
), look_office_diastolic AS (
  SELECT
    measurement.person AS shared,
    CAST(measurement.taken_at AS TIMESTAMP_NTZ) AS moment,
    MAX(measurement.value) AS given
  FROM marts__measurement AS measurement
  WHERE
    (
      (
        (
          (
            (
              measurement.test = 'bp_dia' AND measurement.value BETWEEN 20 AND 200
            )
            AND COALESCE(measurement.place, 'office') <> 'home'
          )
          AND NOT COALESCE(measurement.status, 'final') IN ('cancelled', 'entered_in_error')
        )
        AND NOT measurement.taken_at IS NULL
      )
      AND NOT measurement.value IS NULL
    )
    AND NOT measurement.taken_at IS NULL
  GROUP BY
    measurement.person,
    CAST(measurement.taken_at AS TIMESTAMP_NTZ)
), with_office_diastolic AS (
  SELECT
    this.*,
    CASE
      WHEN look_office_diastolic.moment >= CAST(CAST(ADD_MONTHS(CAST((
        CAST(this.period_end AS DATE) + 1
      ) AS DATE), CAST(-12 AS INT)) AS DATE) AS TIMESTAMP_NTZ)
      THEN look_office_diastolic.given
    END AS office_diastolic
  FROM (
    SELECT
      *
    FROM (
      SELECT
        this,
        LAST_VALUE(look_office_diastolic, TRUE) OVER (
          PARTITION BY asof_key
          ORDER BY asof_at, asof_side
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS look_office_diastolic
      FROM (
        SELECT
          STRUCT(this.*) AS this,
          NULL AS look_office_diastolic,
          this.key AS asof_key,
          CAST((
            CAST(this.period_end AS DATE) + 1
          ) AS TIMESTAMP_NTZ) AS asof_at,
          0 AS asof_side
        FROM with_office_systolic AS this
        UNION ALL
        SELECT
          NULL AS this,
          STRUCT(look_office_diastolic.*) AS look_office_diastolic,
          look_office_diastolic.shared AS asof_key,
          look_office_diastolic.moment AS asof_at,
          1 AS asof_side
        FROM look_office_diastolic
        WHERE
          NOT look_office_diastolic.shared IS NULL
      ) AS asof_lines
    ) AS asof_seen
    WHERE
      NOT this IS NULL
  ) AS asof_pairs
), look_home_systolic AS (
  SELECT
    this.key,
    this.period_end,
    CAST(SUM(CAST(measurement.value AS DECIMAL(24, 6))) AS DOUBLE) / COUNT(measurement.value) AS given
  FROM marts__measurement AS measurement
  JOIN with_office_diastolic AS this
    ON measurement.person = this.key
    AND CAST(measurement.taken_at AS TIMESTAMP_NTZ) >= CAST(CAST(ADD_MONTHS(CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS DATE), CAST(-12 AS INT)) AS DATE) AS TIMESTAMP_NTZ)
    AND CAST(measurement.taken_at AS TIMESTAMP_NTZ) < CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS TIMESTAMP_NTZ)
  WHERE
    (
      (
        measurement.test = 'bp_sys' AND measurement.value BETWEEN 40 AND 300
      )
      AND COALESCE(measurement.place, 'office') = 'home'
    )
    AND NOT COALESCE(measurement.status, 'final') IN ('cancelled', 'entered_in_error')
  GROUP BY
    this.key,
    this.period_end
), with_home_systolic AS (
  SELECT
    this.*,
    look_home_systolic.given AS home_systolic
  FROM with_office_diastolic AS this
  LEFT JOIN look_home_systolic
    ON look_home_systolic.key = this.key
    AND look_home_systolic.period_end = this.period_end
), look_home_diastolic AS (
  SELECT
    this.key,
    this.period_end,
    CAST(SUM(CAST(measurement.value AS DECIMAL(24, 6))) AS DOUBLE) / COUNT(measurement.value) AS given
  FROM marts__measurement AS measurement
  JOIN with_home_systolic AS this
    ON measurement.person = this.key
    AND CAST(measurement.taken_at AS TIMESTAMP_NTZ) >= CAST(CAST(ADD_MONTHS(CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS DATE), CAST(-12 AS INT)) AS DATE) AS TIMESTAMP_NTZ)
    AND CAST(measurement.taken_at AS TIMESTAMP_NTZ) < CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS TIMESTAMP_NTZ)
  WHERE
    (
      (
        measurement.test = 'bp_dia' AND measurement.value BETWEEN 20 AND 200
      )
      AND COALESCE(measurement.place, 'office') = 'home'
    )
    AND NOT COALESCE(measurement.status, 'final') IN ('cancelled', 'entered_in_error')
  GROUP BY
    this.key,
    this.period_end
), with_home_diastolic AS (
  SELECT
    this.*,
    look_home_diastolic.given AS home_diastolic
  FROM with_home_systolic AS this
  LEFT JOIN look_home_diastolic
    ON look_home_diastolic.key = this.key
    AND look_home_diastolic.period_end = this.period_end
), kept_3 AS (
  SELECT
    *
  FROM with_home_diastolic
  WHERE
    NOT office_systolic IS NULL
    AND NOT office_diastolic IS NULL
    OR NOT home_systolic IS NULL
    AND NOT home_diastolic IS NULL
), dated AS (
  SELECT
    *,
    period_start AS month
  FROM kept_3
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
    CASE
      WHEN office_systolic < 140
      AND office_diastolic < 90
      OR home_systolic < 135
      AND home_diastolic < 85
      THEN 1
      ELSE 0
    END AS pattern
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
), summed_hypertension_controlled_share AS (
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
  'hypertension_controlled_share' AS measure,
  1 AS version,
  summed_hypertension_controlled_share.period AS period,
  summed_hypertension_controlled_share.`group` AS `group`,
  CAST(summed_hypertension_controlled_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_hypertension_controlled_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_hypertension_controlled_share.numerator AS DOUBLE) / NULLIF(CAST(summed_hypertension_controlled_share.denominator AS DOUBLE), 0) AS value,
  summed_hypertension_controlled_share.weighed AS n
FROM summed_hypertension_controlled_share
