{# What AutomateDV asks of an adapter and does not have for DuckDB. Hashes are 16 bytes, as on the engines it knows. #}

{% macro duckdb__get_escape_characters() %}
    {% do return(('"', '"')) %}
{% endmacro %}

{% macro duckdb__type_binary(for_dbt_compare=false) %}
    {% do return('BLOB') %}
{% endmacro %}

{% macro duckdb__hash_alg_md5() %}
    {% do return('unhex(md5([HASH_STRING_PLACEHOLDER]))') %}
{% endmacro %}

{% macro duckdb__cast_datetime(column_str, as_string=false, alias=none, date_type=none) %}
    {% do return('CAST(' ~ column_str ~ ' AS TIMESTAMP)' ~ (' AS ' ~ alias if alias else '')) %}
{% endmacro %}

{% macro duckdb__cast_date(column_str, as_string=false, alias=none) %}
    {% set quoted = "'" ~ column_str ~ "'" if as_string else column_str %}
    {% do return('CAST(' ~ quoted ~ ' AS DATE)' ~ (' AS ' ~ alias if alias else '')) %}
{% endmacro %}
