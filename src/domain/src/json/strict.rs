//! What `serde_json` does not check: it accepts duplicate members, of which the last wins, and any depth up to 128.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::InvalidJson;
use crate::limits;
use crate::text::cut;

/// Parses one value of at most `max_depth` levels, with at most `most_values` in it, and nothing after it.
pub(super) fn parse(
    bytes: &[u8],
    max_depth: usize,
    most_values: usize,
) -> Result<Value, InvalidJson> {
    let refusal = RefCell::new(None);
    let values_left = Cell::new(most_values);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let strict = Strict {
        max_depth,
        levels_left: max_depth,
        most_values,
        values_left: &values_left,
        refusal: &refusal,
    };
    let parsed = strict
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    parsed.map_err(|error| {
        refusal
            .take()
            .unwrap_or_else(|| InvalidJson::Syntax(error.to_string()))
    })
}

/// Builds a [`Value`] and leaves in `refusal` why it stopped, because the error of `serde_json` is only a text.
#[derive(Clone, Copy)]
struct Strict<'a> {
    max_depth: usize,
    levels_left: usize,
    most_values: usize,
    values_left: &'a Cell<usize>,
    refusal: &'a RefCell<Option<InvalidJson>>,
}

impl Strict<'_> {
    fn refuse<E: Error>(self, why: InvalidJson) -> E {
        let error = E::custom(&why);
        self.refusal.replace(Some(why));
        error
    }

    fn enter<E: Error>(self) -> Result<Self, E> {
        match self.levels_left.checked_sub(1) {
            Some(levels_left) => Ok(Self {
                levels_left,
                ..self
            }),
            None => Err(self.refuse(InvalidJson::TooDeep(self.max_depth))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let Some(left) = self.values_left.get().checked_sub(1) else {
            return Err(self.refuse(InvalidJson::TooMany(self.most_values)));
        };
        self.values_left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inner = self.enter()?;
        let mut values = Vec::new();
        while let Some(value) = elements.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.enter()?;
        let mut members = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            if members.contains_key(&name) {
                let shown = cut(&name, limits::QUOTED_NAME).to_owned();
                return Err(self.refuse(InvalidJson::DuplicateMember(shown)));
            }
            let value = entries.next_value_seed(inner)?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}
