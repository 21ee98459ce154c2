{# Fills a value set from our folder where we wrote one, in place of public cloud storage; others stay empty, as the package has them. #}
{% macro duckdb__load_seed(uri, pattern, compression, headers, null_marker) %}
  {%- set written = var('data') ~ '/value_sets/' ~ pattern -%}
  {%- set found = run_query("select count(*) from glob('" ~ written ~ "')") -%}
  {% if execute and found.columns[0].values()[0] | int == 1 %}
    {% call statement('fill') %}
      create or replace table {{ this }} as
      select * from {{ this }} where false
      union all by name
      select * from read_csv('{{ written }}', header = true, all_varchar = true)
    {% endcall %}
  {% endif %}
{% endmacro %}
