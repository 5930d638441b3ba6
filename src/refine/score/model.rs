//! The model: a weight for each feature, and for some pairs of features.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::features::{Features, GROUPS};
use super::file::FileKind;
use crate::finding::Share;
use crate::rule::Confidence;

/// The model, as the training script writes it.
pub(super) const WRITTEN: &str = include_str!("model.txt");

/// The model, read.
pub(super) static MODEL: LazyLock<Model> = LazyLock::new(|| Model::parse(WRITTEN));

/// Pairs of letters from which on they tell something.
const FEWEST_PAIRS: i32 = 3;
/// Letters of the pair table.
const LETTERS: usize = 26;

/// Weights in thousandths of the logarithm of the odds.
#[derive(Debug, Default)]
pub(super) struct Model {
    bias: i32,
    /// For each group its features' weights.
    single: Vec<Vec<(&'static str, i32)>>,
    /// Groups that count in pairs, with the pairs' weights.
    pairs: Vec<Pair>,
    /// For each kind of file the weight of a quoted and of a bare value.
    files: HashMap<&'static str, [i32; 2]>,
    /// For each pair of letters the logarithm of its frequency, in hundredths.
    letters: Vec<i32>,
    /// From these odds on a finding is [`Confidence::Medium`].
    medium: i32,
    /// From these odds on, by the text alone, something is a finding.
    pub(super) low: i32,
}

#[derive(Debug)]
struct Pair {
    first: usize,
    second: usize,
    weights: HashMap<(&'static str, &'static str), i32>,
}

impl Model {
    /// Reads a model: lines of words, each about what its first one says. A line
    /// that cannot be read says nothing; a test reads all of them.
    fn parse(written: &'static str) -> Self {
        let mut model = Self { single: vec![Vec::new(); GROUPS.len()], ..Self::default() };
        for line in written.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            model.read(&fields);
        }
        model
    }

    fn read(&mut self, fields: &[&'static str]) -> Option<()> {
        let group = |name: &str| GROUPS.iter().position(|group| *group == name);
        match *fields {
            ["bias", weight] => self.bias = weight.parse().ok()?,
            ["medium", weight] => self.medium = weight.parse().ok()?,
            ["low", weight] => self.low = weight.parse().ok()?,
            ["file", kind, quoted, bare] => {
                self.files.insert(kind, [quoted.parse().ok()?, bare.parse().ok()?]);
            }
            ["table", _, ref row @ ..] => {
                self.letters.extend(row.iter().filter_map(|field| field.parse::<i32>().ok()));
            }
            [name, feature, weight] => {
                self.single[group(name)?].push((feature, weight.parse().ok()?));
            }
            [one, other, first, second, weight] => {
                let (one, other) = (group(one)?, group(other)?);
                let known =
                    self.pairs.iter().position(|pair| (pair.first, pair.second) == (one, other));
                let at = known.unwrap_or_else(|| {
                    self.pairs.push(Pair { first: one, second: other, weights: HashMap::new() });
                    self.pairs.len() - 1
                });
                self.pairs[at].weights.insert((first, second), weight.parse().ok()?);
            }
            _ => return None,
        }
        Some(())
    }

    /// The logarithm of the odds by the text alone.
    pub(super) fn text(&self, features: &Features) -> i32 {
        let single =
            self.single.iter().zip(features.0).map(|(weights, feature)| of(weights, feature));
        let pairs = self.pairs.iter().map(|pair| pair.weight(features));
        self.bias + single.sum::<i32>() + pairs.sum::<i32>()
    }

    /// What the kind of the file adds.
    pub(super) fn file(&self, kind: FileKind, bare: bool) -> i32 {
        self.files.get(kind.as_str()).map_or(0, |weights| weights[usize::from(bare)])
    }

    /// The grade of a finding by the logarithm of its odds.
    pub(super) fn grade(&self, odds: i32) -> Confidence {
        if odds >= self.medium { Confidence::Medium } else { Confidence::Low }
    }

    /// What each feature adds, the most first.
    pub(super) fn shares(&self, features: &Features, kind: FileKind) -> Vec<Share> {
        let mut shares = vec![Share { feature: "any value".to_owned(), weight: self.bias }];
        for ((weights, feature), group) in self.single.iter().zip(features.0).zip(GROUPS) {
            shares.push(Share {
                feature: format!("{group}: {feature}"),
                weight: of(weights, feature),
            });
        }
        for pair in &self.pairs {
            let (one, other) = (features.0[pair.first], features.0[pair.second]);
            let feature =
                format!("{}: {one}, {}: {other}", GROUPS[pair.first], GROUPS[pair.second]);
            shares.push(Share { feature, weight: pair.weight(features) });
        }
        let bare = features.is_bare();
        let feature = format!("file: {}{}", kind.as_str(), if bare { ", no quotes" } else { "" });
        shares.push(Share { feature, weight: self.file(kind, bare) });
        shares.sort_by_key(|share| std::cmp::Reverse(share.weight.abs()));
        shares
    }

    /// Mean logarithm of the frequency of the pairs of letters in `value`, in
    /// hundredths; none if there are too few to tell.
    pub(super) fn letters(&self, value: &[u8]) -> Option<i32> {
        let index = |byte: u8| {
            let byte = byte.to_ascii_lowercase();
            byte.is_ascii_lowercase().then(|| usize::from(byte - b'a'))
        };
        let (mut sum, mut count) = (0, 0);
        for pair in value.windows(2) {
            if let (Some(one), Some(other)) = (index(pair[0]), index(pair[1])) {
                sum += self.letters.get(one * LETTERS + other).copied().unwrap_or(0);
                count += 1;
            }
        }
        (count >= FEWEST_PAIRS).then(|| sum / count)
    }
}

fn of(weights: &[(&str, i32)], feature: &str) -> i32 {
    weights.iter().find(|(known, _)| *known == feature).map_or(0, |(_, weight)| *weight)
}

impl Pair {
    fn weight(&self, features: &Features) -> i32 {
        let pair = (features.0[self.first], features.0[self.second]);
        self.weights.get(&pair).copied().unwrap_or(0)
    }
}

/// Asserts that every line of the model says something.
#[cfg(test)]
pub(super) fn assert_all_read() {
    let mut model = Model { single: vec![Vec::new(); GROUPS.len()], ..Model::default() };
    for line in WRITTEN.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        assert!(model.read(&fields).is_some(), "{line}");
    }
    assert_eq!(model.letters.len(), LETTERS * LETTERS);
    assert!(model.low < model.medium);
}
