WITH person AS (
  SELECT
    person.key,
    person.birth_date,
    person.died_on,
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
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
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
    CAST(ADD_MONTHS((
      period_end + 1
    ), CAST(-12 AS INT)) AS DATE) AS year_ago,
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
    EXPLODE(
      CAST(SEQUENCE(
        CAST((
          CAST(ADD_MONTHS(CAST((
            CAST(period_end AS DATE) + 1
          ) AS DATE), CAST(-12 AS INT)) AS DATE)
        ) AS TIMESTAMP_NTZ),
        CAST((
          (
            CAST(period_end AS DATE) + 1
          )
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
        EXPLODE(
          CAST(SEQUENCE(
            CAST(:first_month AS TIMESTAMP_NTZ),
            CAST(:last_month AS TIMESTAMP_NTZ),
            INTERVAL '1' MONTH
          ) AS ARRAY<DATE>)
        ) AS month
    ) AS months
  ) AS ends
), look_contacts AS (
  SELECT
    contact.person AS shared,
    days_contacts.period_end,
    COUNT(*) AS given
  FROM marts__contact AS contact
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
  FROM marts__social_matter AS social_matter
  WHERE
    NOT social_matter.arrived_at IS NULL
), days_social AS (
  SELECT
    period_end,
    EXPLODE(
      CAST(SEQUENCE(
        CAST((
          CAST(ADD_MONTHS(CAST((
            CAST(period_end AS DATE) + 1
          ) AS DATE), CAST(-12 AS INT)) AS DATE)
        ) AS TIMESTAMP_NTZ),
        CAST((
          (
            CAST(period_end AS DATE) + 1
          )
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
        EXPLODE(
          CAST(SEQUENCE(
            CAST(:first_month AS TIMESTAMP_NTZ),
            CAST(:last_month AS TIMESTAMP_NTZ),
            INTERVAL '1' MONTH
          ) AS ARRAY<DATE>)
        ) AS month
    ) AS months
  ) AS ends
), months_of_social AS (
  SELECT
    day,
    YEAR(period_end) DIV 5 AS word,
    BIT_OR(
      SHIFTLEFT(CAST(1 AS BIGINT), (
        YEAR(period_end) % 5 * 12 + MONTH(period_end) - 1
      ))
    ) AS bits
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
        SHIFTLEFT(
          CAST(1 AS BIGINT),
          (
            YEAR(this.period_end) % 5 * 12 + MONTH(this.period_end) - 1
          )
        )
      ) <> 0,
      FALSE
    ) AS social
  FROM with_contacts AS this
  LEFT JOIN look_social
    ON look_social.shared = this.key AND look_social.word = YEAR(this.period_end) DIV 5
), look_regular_service AS (
  SELECT
    this.key,
    this.period_end,
    TRUE AS given
  FROM marts__service_period AS service_period
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
  FROM marts__diagnosis AS diagnosis
  WHERE
    (
      diagnosis.code_system = 'ICD10'
      AND STARTSWITH(diagnosis.code, 'F')
      AND NOT (
        STARTSWITH(diagnosis.code, 'F00')
        OR STARTSWITH(diagnosis.code, 'F01')
        OR STARTSWITH(diagnosis.code, 'F02')
        OR STARTSWITH(diagnosis.code, 'F03')
      )
      OR diagnosis.code_system = 'ICPC2'
      AND (
        STARTSWITH(diagnosis.code, 'P15')
        OR STARTSWITH(diagnosis.code, 'P16')
        OR STARTSWITH(diagnosis.code, 'P19')
        OR STARTSWITH(diagnosis.code, 'P72')
        OR STARTSWITH(diagnosis.code, 'P73')
        OR STARTSWITH(diagnosis.code, 'P74')
        OR STARTSWITH(diagnosis.code, 'P76')
      )
    )
    AND NOT diagnosis.recorded_on IS NULL
), days_mind AS (
  SELECT
    period_end,
    EXPLODE(
      CAST(SEQUENCE(
        CAST((
          CAST(ADD_MONTHS(CAST((
            CAST(period_end AS DATE) + 1
          ) AS DATE), CAST(-12 AS INT)) AS DATE)
        ) AS TIMESTAMP_NTZ),
        CAST((
          (
            CAST(period_end AS DATE) + 1
          )
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
        EXPLODE(
          CAST(SEQUENCE(
            CAST(:first_month AS TIMESTAMP_NTZ),
            CAST(:last_month AS TIMESTAMP_NTZ),
            INTERVAL '1' MONTH
          ) AS ARRAY<DATE>)
        ) AS month
    ) AS months
  ) AS ends
), months_of_mind AS (
  SELECT
    day,
    YEAR(period_end) DIV 5 AS word,
    BIT_OR(
      SHIFTLEFT(CAST(1 AS BIGINT), (
        YEAR(period_end) % 5 * 12 + MONTH(period_end) - 1
      ))
    ) AS bits
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
        SHIFTLEFT(
          CAST(1 AS BIGINT),
          (
            YEAR(this.period_end) % 5 * 12 + MONTH(this.period_end) - 1
          )
        )
      ) <> 0,
      FALSE
    ) AS mind
  FROM with_regular_service AS this
  LEFT JOIN look_mind
    ON look_mind.shared = this.key AND look_mind.word = YEAR(this.period_end) DIV 5
), look_long_term AS (
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
        OR STARTSWITH(diagnosis.code, 'I10')
        OR STARTSWITH(diagnosis.code, 'I11')
        OR STARTSWITH(diagnosis.code, 'I12')
        OR STARTSWITH(diagnosis.code, 'I13')
        OR STARTSWITH(diagnosis.code, 'I15')
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
        OR STARTSWITH(diagnosis.code, 'N18')
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
        OR STARTSWITH(diagnosis.code, 'K86')
        OR STARTSWITH(diagnosis.code, 'K87')
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
), with_long_term AS (
  SELECT
    this.*,
    COALESCE(look_long_term.moment < CAST(this.tomorrow AS TIMESTAMP_NTZ), FALSE) AS long_term
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
