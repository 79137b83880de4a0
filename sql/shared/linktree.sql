-- Counters in Linktree's answers.

-- What a counter says: {"total": n}, or the number itself.
create macro total_of(counter) as
    case json_type(counter)
        when 'OBJECT' then counter->>'total'
        when 'VARCHAR' then counter->>'$'
    end;

-- The sum of one counter over the elements of a list; NULL when one of them is no number.
create macro sum_of(list, path) as
    case
        when len(list_filter(json_extract_string(list, path), lambda n: not is_count(n))) = 0
            then list_sum(
                list_transform(json_extract_string(list, path), lambda n: try_cast(n as bigint))
            )::bigint
    end;
