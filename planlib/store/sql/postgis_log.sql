CREATE FUNCTION refuse_event() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN
    RAISE EXCEPTION 'the event log is append-only';
END$$

CREATE FUNCTION order_event() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN
    IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM event) THEN
        RAISE EXCEPTION 'the event log is append-only';
    END IF;
    RETURN NEW;
END$$

CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_event()

CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse_event()

CREATE TRIGGER event_in_order BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION order_event()
