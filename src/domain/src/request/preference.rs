//! What a client prefers: weighted lists (RFC 9110 §12.4.2).

/// The entries of the values of one field with their weights in thousandths, in the order of the request. An entry with a
/// weight that cannot be read counts as one without.
pub fn weighted<'a>(values: impl Iterator<Item = &'a str>) -> impl Iterator<Item = (&'a str, u16)> {
    values
        .flat_map(|value| value.split(','))
        .filter_map(|entry| {
            let mut parts = entry.split(';').map(str::trim);
            let name = parts.next().filter(|name| !name.is_empty())?;
            Some((name, parts.find_map(weight).unwrap_or(1000)))
        })
}

/// Whether a parameter is `q` with the weight 0: «not acceptable».
pub(super) fn is_zero_weight(parameter: &str) -> bool {
    weight(parameter) == Some(0)
}

/// `qvalue`: 0 to 1 with three digits at most.
fn weight(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, fraction) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    let is_good = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let thousandths: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" if is_good => Some(thousandths),
        "1" if is_good && thousandths == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_has_its_weight() {
        let value = "br;q=1.0, gzip ; Q=0.5,, zstd;q=0, deflate;q=2, identity;level=1;q=0.001, *";
        let found: Vec<_> = weighted([value].into_iter()).collect();
        assert_eq!(
            found,
            [
                ("br", 1000),
                ("gzip", 500),
                ("zstd", 0),
                ("deflate", 1000),
                ("identity", 1),
                ("*", 1000)
            ]
        );
    }
}
