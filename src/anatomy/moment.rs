//! Points in time as credentials write them, and as people read them.

use time::{Date, Month, OffsetDateTime, Time};

/// 0000-01-01T00:00:00Z, in seconds since 1970.
const FIRST: i64 = -62_167_219_200;
/// 9999-12-31T23:59:59Z, in seconds since 1970.
const LAST: i64 = 253_402_300_799;
/// Longest text that is taken for a point in time.
const LONGEST: usize = 40;

/// The day, in Greenwich, of a point in time in seconds since 1970:
/// `2024-03-05`. One outside of the years 0 to 9999 becomes the nearest in them.
pub(super) fn day(seconds: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(seconds.clamp(FIRST, LAST));
    let (year, month, day) = at.unwrap_or(OffsetDateTime::UNIX_EPOCH).to_calendar_date();
    format!("{year:04}-{:02}-{day:02}", u8::from(month))
}

/// So many seconds in the largest unit of which there is one: `3 years`.
pub(super) fn distance(seconds: u64) -> String {
    const UNITS: [(u64, &str); 6] = [
        // The mean year and month of the Gregorian calendar.
        (31_556_952, "year"),
        (2_629_746, "month"),
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let largest = UNITS.iter().find(|(length, _)| seconds >= *length);
    let (length, unit) = largest.unwrap_or(&(1, "second"));
    let count = seconds / length;
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// Reads a point in time in the forms of ISO 8601 that credentials use:
/// `2024-03-05`, `2024-03-05T09:30Z`, `2024-03-05T09:30:00.123+01:00`,
/// `20240305T093000Z`. Without an offset it is that of Greenwich. The answer is
/// in seconds since 1970.
pub(super) fn read(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.len() > LONGEST || !text.is_ascii() {
        return None;
    }
    let (day, clock) = text.split_once(['T', 't', ' ']).unwrap_or((text, ""));
    let day = digits(&day.replace('-', ""), 8)?;
    let month = Month::try_from(u8::try_from(day / 100 % 100).ok()?).ok()?;
    let year = i32::try_from(day / 10_000).ok()?;
    let date = Date::from_calendar_date(year, month, u8::try_from(day % 100).ok()?).ok()?;
    let (clock, offset) = split_offset(clock)?;
    let midnight = date.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp();
    midnight.checked_add(read_clock(clock)?)?.checked_sub(offset)
}

/// The time of day before its offset, and the offset in seconds.
fn split_offset(clock: &str) -> Option<(&str, i64)> {
    if let Some(clock) = clock.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let Some(at) = clock.rfind(['+', '-']) else { return Some((clock, 0)) };
    let (clock, offset) = clock.split_at(at);
    let (sign, offset) = offset.split_at(1);
    let offset = digits(&offset.replace(':', ""), 4)?;
    let seconds = offset / 100 * 3600 + offset % 100 * 60;
    Some((clock, if sign == "-" { -seconds } else { seconds }))
}

/// The seconds since midnight.
fn read_clock(clock: &str) -> Option<i64> {
    let whole = clock.split(['.', ',']).next().unwrap_or_default().replace(':', "");
    let time = match whole.len() {
        0 => return Some(0),
        4 => digits(&whole, 4)? * 100,
        _ => digits(&whole, 6)?,
    };
    let (hour, minute, second) = (time / 10_000, time / 100 % 100, time % 100);
    // A leap second is the 61st.
    (hour < 24 && minute < 60 && second < 61).then_some(hour * 3600 + minute * 60 + second)
}

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{day, distance, read};

    #[test]
    fn points_in_time_are_read_in_all_their_forms() {
        for (text, expected) in [
            ("2024-03-05", 1_709_596_800),
            ("2024-03-05T08:30Z", 1_709_627_400),
            ("2024-03-05T09:30:00+01:00", 1_709_627_400),
            ("2024-03-05T09:30:00.1234567+0100", 1_709_627_400),
            ("20240305T083000Z", 1_709_627_400),
            ("2024-03-05 08:30:00", 1_709_627_400),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
        for text in ["", "2024", "2024-13-01", "2023-02-29", "2024-03-05T25:00Z", "2024-03-05T+"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_is_written_whatever_the_time() {
        assert_eq!(day(1_709_627_400), "2024-03-05");
        assert_eq!(day(i64::MAX), "9999-12-31");
        assert_eq!(day(i64::MIN), "0000-01-01");
    }

    #[test]
    fn distances_are_told_in_their_largest_unit() {
        for (seconds, expected) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (3_599, "59 minutes"),
            (86_400, "1 day"),
            (86_400 * 45, "1 month"),
            (86_400 * 365 * 3 + 86_400, "3 years"),
        ] {
            assert_eq!(distance(seconds), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text in ".{0,40}") {
            let _ = read(&text);
        }
    }
}
