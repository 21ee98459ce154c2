WITH person AS (
  SELECT
    person.key,
    person.birth_date,
    person.died_on,
    person.is_test
  FROM marts.person AS person
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
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
), named AS (
  SELECT
    *,
    (
      (
        YEAR(period_end) - YEAR(birth_date)
      ) - CAST((
        MONTH(period_end) * 100 + DAY(period_end) < MONTH(birth_date) * 100 + DAY(birth_date)
      ) AS INT)
    ) AS years,
    CAST((
      period_end + 1
    ) + TO_MONTHS(CAST(-12 AS INT)) AS DATE) AS year_ago,
    (
      period_end + 1
    ) AS tomorrow
  FROM census
), kept AS (
  SELECT
    *
  FROM named
  WHERE
    birth_date <= period_end AND (
      died_on IS NULL OR died_on > period_end
    )
), days_contacts AS (
  SELECT
    period_end,
    CAST(UNNEST(
      GENERATE_SERIES(
        CAST((
          CAST(CAST((
            CAST(period_end AS DATE) + 1
          ) AS DATE) + TO_MONTHS(CAST(-12 AS INT)) AS DATE)
        ) AS TIMESTAMP),
        CAST((
          (
            CAST(period_end AS DATE) + 1
          )
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
        CAST(UNNEST(
          GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
        ) AS DATE) AS month
    ) AS months
  ) AS ends
), look_contacts AS (
  SELECT
    contact.person AS shared,
    days_contacts.period_end,
    COUNT(*) AS given
  FROM marts.contact AS contact
  JOIN days_contacts
    ON days_contacts.day = CAST(contact.happened_at AS DATE)
  WHERE
    (
      (
        contact.contact_type IN ('R10', 'R20', 'R30', 'R40', 'R41', 'R50', 'R51', 'R52', 'R56')
        AND NOT contact.cancelled IS TRUE
      )
      AND NOT COALESCE(contact.status, '7') IN ('3', '4', '5', '9')
    )
    AND NOT contact.happened_at IS NULL
  GROUP BY
    contact.person,
    days_contacts.period_end
), with_contacts AS (
  SELECT
    this.*,
    COALESCE(look_contacts.given, 0) AS contacts
  FROM kept AS this
  LEFT JOIN look_contacts
    ON look_contacts.shared = this.key AND look_contacts.period_end = this.period_end
), met_social AS (
  SELECT DISTINCT
    social_matter.person AS shared,
    CAST(social_matter.arrived_at AS DATE) AS day
  FROM marts.social_matter AS social_matter
  WHERE
    NOT social_matter.arrived_at IS NULL
), days_social AS (
  SELECT
    period_end,
    CAST(UNNEST(
      GENERATE_SERIES(
        CAST((
          CAST(CAST((
            CAST(period_end AS DATE) + 1
          ) AS DATE) + TO_MONTHS(CAST(-12 AS INT)) AS DATE)
        ) AS TIMESTAMP),
        CAST((
          (
            CAST(period_end AS DATE) + 1
          )
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
        CAST(UNNEST(
          GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
        ) AS DATE) AS month
    ) AS months
  ) AS ends
), months_of_social AS (
  SELECT
    day,
    YEAR(period_end) // 5 AS word,
    BIT_OR(CAST(1 AS BIGINT) << (
      YEAR(period_end) % 5 * 12 + MONTH(period_end) - 1
    )) AS bits
  FROM days_social
  GROUP BY
    day,
    word
), look_social AS (
  SELECT
    shared,
    word,
    BIT_OR(bits) AS bits
  FROM met_social
  JOIN months_of_social
    USING (day)
  GROUP BY
    shared,
    word
), with_social AS (
  SELECT
    this.*,
    COALESCE(
      look_social.bits & (
        CAST(1 AS BIGINT) << (
          YEAR(this.period_end) % 5 * 12 + MONTH(this.period_end) - 1
        )
      ) <> 0,
      FALSE
    ) AS social
  FROM with_contacts AS this
  LEFT JOIN look_social
    ON look_social.shared = this.key AND look_social.word = YEAR(this.period_end) // 5
), look_regular_service AS (
  SELECT
    this.key,
    this.period_end,
    TRUE AS given
  FROM marts.service_period AS service_period
  JOIN with_social AS this
    ON service_period.person = this.key
    AND service_period.started_on <= this.period_end
    AND (
      service_period.ended_on IS NULL OR service_period.ended_on > this.period_end
    )
  WHERE
    service_period.service_kind IN ('home_care', 'care_home', 'institution')
  GROUP BY
    this.key,
    this.period_end
), with_regular_service AS (
  SELECT
    this.*,
    COALESCE(look_regular_service.given, FALSE) AS regular_service
  FROM with_social AS this
  LEFT JOIN look_regular_service
    ON look_regular_service.key = this.key
    AND look_regular_service.period_end = this.period_end
), met_mind AS (
  SELECT DISTINCT
    diagnosis.person AS shared,
    CAST(diagnosis.recorded_on AS DATE) AS day
  FROM marts.diagnosis AS diagnosis
  WHERE
    (
      diagnosis.code_system = 'ICD10'
      AND STARTS_WITH(diagnosis.code, 'F')
      AND NOT (
        STARTS_WITH(diagnosis.code, 'F00')
        OR STARTS_WITH(diagnosis.code, 'F01')
        OR STARTS_WITH(diagnosis.code, 'F02')
        OR STARTS_WITH(diagnosis.code, 'F03')
      )
      OR diagnosis.code_system = 'ICPC2'
      AND (
        STARTS_WITH(diagnosis.code, 'P15')
        OR STARTS_WITH(diagnosis.code, 'P16')
        OR STARTS_WITH(diagnosis.code, 'P19')
        OR STARTS_WITH(diagnosis.code, 'P72')
        OR STARTS_WITH(diagnosis.code, 'P73')
        OR STARTS_WITH(diagnosis.code, 'P74')
        OR STARTS_WITH(diagnosis.code, 'P76')
      )
    )
    AND NOT diagnosis.recorded_on IS NULL
), days_mind AS (
  SELECT
    period_end,
    CAST(UNNEST(
      GENERATE_SERIES(
        CAST((
          CAST(CAST((
            CAST(period_end AS DATE) + 1
          ) AS DATE) + TO_MONTHS(CAST(-12 AS INT)) AS DATE)
        ) AS TIMESTAMP),
        CAST((
          (
            CAST(period_end AS DATE) + 1
          )
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
        CAST(UNNEST(
          GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
        ) AS DATE) AS month
    ) AS months
  ) AS ends
), months_of_mind AS (
  SELECT
    day,
    YEAR(period_end) // 5 AS word,
    BIT_OR(CAST(1 AS BIGINT) << (
      YEAR(period_end) % 5 * 12 + MONTH(period_end) - 1
    )) AS bits
  FROM days_mind
  GROUP BY
    day,
    word
), look_mind AS (
  SELECT
    shared,
    word,
    BIT_OR(bits) AS bits
  FROM met_mind
  JOIN months_of_mind
    USING (day)
  GROUP BY
    shared,
    word
), with_mind AS (
  SELECT
    this.*,
    COALESCE(
      look_mind.bits & (
        CAST(1 AS BIGINT) << (
          YEAR(this.period_end) % 5 * 12 + MONTH(this.period_end) - 1
        )
      ) <> 0,
      FALSE
    ) AS mind
  FROM with_regular_service AS this
  LEFT JOIN look_mind
    ON look_mind.shared = this.key AND look_mind.word = YEAR(this.period_end) // 5
), look_long_term AS (
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
        OR STARTS_WITH(diagnosis.code, 'F00')
        OR STARTS_WITH(diagnosis.code, 'F01')
        OR STARTS_WITH(diagnosis.code, 'F02')
        OR STARTS_WITH(diagnosis.code, 'F03')
        OR STARTS_WITH(diagnosis.code, 'G30')
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
        OR STARTS_WITH(diagnosis.code, 'P70')
      )
    )
    AND NOT diagnosis.recorded_on IS NULL
  GROUP BY
    diagnosis.person
), with_long_term AS (
  SELECT
    this.*,
    COALESCE(look_long_term.moment < CAST(this.tomorrow AS TIMESTAMP), FALSE) AS long_term
  FROM with_mind AS this
  LEFT JOIN look_long_term
    ON look_long_term.shared = this.key
), assigned AS (
  SELECT
    key AS person,
    period_end,
    CASE
      WHEN contacts >= 10 AND (
        social OR regular_service
      )
      THEN 'many_needs'
      WHEN years >= 65 AND regular_service
      THEN 'older_with_services'
      WHEN mind
      THEN 'mental_health'
      WHEN long_term
      THEN 'long_term_illness'
      WHEN years < 23
      THEN 'child_or_young'
      WHEN TRUE
      THEN 'few_needs'
    END AS segment
  FROM with_long_term
), known AS (
  SELECT
    *
  FROM assigned
  WHERE
    NOT segment IS NULL
)
SELECT
  *
FROM known
