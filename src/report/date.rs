//! Points in time as reports write them.

use time::OffsetDateTime;

use crate::finding::Time;

/// 0000-01-01T00:00:00, in seconds.
const FIRST: i64 = -62_167_219_200;
/// 9999-12-31T23:59:59, in seconds.
const LAST: i64 = 253_402_300_799;
/// Minutes of a day: no clock is further from Greenwich.
const DAY: u16 = 24 * 60;

/// Date, time of day and offset, as in RFC 3339: `2024-03-05T09:30:00+01:00`.
pub(super) fn rfc3339(time: Time) -> String {
    let (local, offset) = clock(time);
    let (hour, minute, second) = local.to_hms();
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.unsigned_abs() / 60, offset.unsigned_abs() % 60);
    let date = date(time);
    format!("{date}T{hour:02}:{minute:02}:{second:02}{sign}{hours:02}:{minutes:02}")
}

/// The date: `2024-03-05`.
pub(super) fn date(time: Time) -> String {
    let (year, month, day) = clock(time).0.to_calendar_date();
    format!("{year:04}-{:02}-{day:02}", u8::from(month))
}

/// What the clock of the place showed, and its offset in minutes.
///
/// A repository may claim any time. One that RFC 3339 cannot write, which is
/// made for the years 0 to 9999, becomes the nearest that it can; an offset of
/// a day or more becomes none.
fn clock(time: Time) -> (OffsetDateTime, i16) {
    let offset = if time.offset.unsigned_abs() < DAY { time.offset } else { 0 };
    let local = time.seconds.saturating_add(i64::from(offset) * 60).clamp(FIRST, LAST);
    let local = OffsetDateTime::from_unix_timestamp(local).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    (local, offset)
}

#[cfg(test)]
mod tests {
    use super::{DAY, FIRST, LAST, date, rfc3339};
    use crate::finding::Time;

    fn at(seconds: i64, offset: i16) -> String {
        rfc3339(Time { seconds, offset })
    }

    #[test]
    fn a_time_is_written_as_the_clock_showed_it() {
        assert_eq!(at(0, 0), "1970-01-01T00:00:00+00:00");
        assert_eq!(at(1_709_627_400, 60), "2024-03-05T09:30:00+01:00");
        assert_eq!(at(1_709_627_400, -570), "2024-03-04T23:00:00-09:30");
        assert_eq!(at(1_709_251_199, 0), "2024-02-29T23:59:59+00:00");
        assert_eq!(at(-1, 5), "1970-01-01T00:04:59+00:05");
        assert_eq!(at(951_782_400, 0), "2000-02-29T00:00:00+00:00");
        assert_eq!(date(Time { seconds: 1_709_251_199, offset: 1 }), "2024-03-01");
    }

    #[test]
    fn a_time_that_cannot_be_becomes_the_nearest_that_can() {
        assert_eq!(at(i64::MIN, 0), "0000-01-01T00:00:00+00:00");
        assert_eq!(at(i64::MIN, -1439), "0000-01-01T00:00:00-23:59");
        assert_eq!(at(i64::MAX, 0), "9999-12-31T23:59:59+00:00");
        assert_eq!(at(i64::MAX, 1439), "9999-12-31T23:59:59+23:59");
        assert_eq!(at(FIRST, 0), "0000-01-01T00:00:00+00:00");
        assert_eq!(at(LAST, 0), "9999-12-31T23:59:59+00:00");
        assert_eq!(at(LAST, -60), "9999-12-31T22:59:59-01:00");
    }

    #[test]
    fn an_offset_that_no_clock_has_is_none() {
        for offset in [9999, -9999, i16::MAX, i16::MIN, 1440, -1440] {
            assert_eq!(at(0, offset), "1970-01-01T00:00:00+00:00");
        }
        assert_eq!(i32::from(DAY), 1440);
    }

    #[test]
    fn dates_are_in_the_order_of_times() {
        let step = (LAST - FIRST) / 9_973;
        let dates: Vec<String> = (0..9_973).map(|n| at(FIRST + n * step, 0)).collect();
        assert!(dates.is_sorted());
        assert!(dates.iter().all(|date| date.len() == "2024-03-05T09:30:00+01:00".len()));
    }
}
