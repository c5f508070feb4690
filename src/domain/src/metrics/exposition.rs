//! The text of OpenMetrics 1.0.

use std::fmt::{self, Write};

use super::histogram::Histogram;

/// The media type of [`Exposition::finish`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A text that grows by one metric family after another.
#[derive(Default)]
pub struct Exposition(String);

/// What a family measures.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Only grows, or begins again at zero.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Durations by size.
    Histogram,
    /// Text as labels.
    Info,
}

impl Exposition {
    /// Begins the family `name`, whose samples follow.
    pub fn family(&mut self, name: &'static str, kind: Kind, help: &'static str) -> Family<'_> {
        let type_name = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            Kind::Info => "info",
        };
        self.write(format_args!("# TYPE {name} {type_name}\n"));
        // A unit is the suffix of the name.
        for unit in ["seconds", "bytes"] {
            if name.ends_with(unit) {
                self.write(format_args!("# UNIT {name} {unit}\n"));
            }
        }
        self.write(format_args!("# HELP {name} {help}\n"));
        Family {
            name,
            kind,
            text: self,
        }
    }

    /// The whole text.
    pub fn finish(mut self) -> String {
        self.0.push_str("# EOF\n");
        self.0
    }

    fn write(&mut self, text: fmt::Arguments<'_>) {
        // A `String` takes everything.
        let _ = self.0.write_fmt(text);
    }
}

/// A family that has begun.
pub struct Family<'a> {
    name: &'static str,
    kind: Kind,
    text: &'a mut Exposition,
}

impl Family<'_> {
    /// A sample. Of a counter it is the total.
    pub fn sample(&mut self, labels: &[(&str, &str)], value: impl fmt::Display) {
        let suffix = match self.kind {
            Kind::Counter => "_total",
            Kind::Info => "_info",
            Kind::Gauge | Kind::Histogram => "",
        };
        self.line(suffix, labels, None, value);
    }

    /// The samples of a histogram.
    pub fn histogram(&mut self, labels: &[(&str, &str)], histogram: &Histogram) {
        for (bound, count) in histogram.cumulative() {
            let bound = bound.map_or("+Inf".to_owned(), |bound| format!("{bound:?}"));
            self.line("_bucket", labels, Some(&bound), count);
        }
        self.line("_count", labels, None, histogram.count());
        self.line("_sum", labels, None, histogram.sum());
    }

    fn line(
        &mut self,
        suffix: &str,
        labels: &[(&str, &str)],
        bound: Option<&str>,
        value: impl fmt::Display,
    ) {
        self.text.write(format_args!("{}{suffix}", self.name));
        let labels = labels
            .iter()
            .copied()
            .chain(bound.map(|bound| ("le", bound)));
        let mut before = '{';
        for (name, value) in labels {
            self.text
                .write(format_args!("{before}{name}=\"{}\"", Escaped(value)));
            before = ',';
        }
        let end = if before == ',' { "}" } else { "" };
        self.text.write(format_args!("{end} {value}\n"));
    }
}

/// The value of a label: `\`, `"` and the line feed are escaped.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '\\' => formatter.write_str("\\\\")?,
                '"' => formatter.write_str("\\\"")?,
                '\n' => formatter.write_str("\\n")?,
                other => formatter.write_char(other)?,
            }
        }
        Ok(())
    }
}
