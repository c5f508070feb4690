//! A figure of both plugins.

/// The same figure of the floor and of the gateway.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<T> {
    pub floor: T,
    pub gateway: T,
}

impl Comparison<f64> {
    /// What the gateway has over the floor.
    pub fn added(&self) -> f64 {
        self.gateway - self.floor
    }

    /// What the gateway has for each of the floor's.
    pub fn ratio(&self) -> f64 {
        self.gateway / self.floor
    }
}

impl<T> Comparison<T> {
    /// One figure out of several.
    pub fn of(&self, figure: impl Fn(&T) -> f64) -> Comparison<f64> {
        Comparison {
            floor: figure(&self.floor),
            gateway: figure(&self.gateway),
        }
    }
}
