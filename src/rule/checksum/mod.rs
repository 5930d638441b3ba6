//! Checksums that issuers build into their tokens.
//!
//! Many issuers end a token with characters that follow from the rest of it. A
//! candidate whose check characters are right is almost surely a token of that
//! kind, and one whose check characters are wrong is a placeholder or a chance
//! match: both can be said without a network.
//!
//! [`Checksum`] names the algorithms. Each can [`verify`](Checksum::verify) a
//! token and [`seal`](Checksum::seal) one, that is write the right check
//! characters into a made-up token. Where each construction was published stands
//! with its variant. CRC-32 is that of ITU-T V.42 (the zlib polynomial).

mod azure;
mod crc32;
mod digits;
mod his;
#[cfg(test)]
mod tests;

pub use his::HisService;

/// A checksum algorithm together with the token shape it belongs to.
///
/// The shape covers only what the algorithm needs to find its parts: lengths and
/// prefixes of one issuer's tokens are the business of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Checksum {
    /// `…_` + body + 6 characters: CRC-32 of the body in base62 (digits, upper,
    /// lower). GitHub: "Behind GitHub's new authentication token formats", 2021;
    /// also npm and Vercel.
    Crc32Base62Body,
    /// As [`Self::Crc32Base62Body`] with a body of exactly 37 characters. Polar:
    /// its public source code.
    Crc32Base62Tail,
    /// `…_` + body, perhaps `_`, + 8 characters: CRC-32 of the body in lower-case
    /// hex. Cloudflare and Zuplo: seen on published samples.
    Crc32HexBody,
    /// `…_` + body + `_` + 8 characters: CRC-32 of all before the last underscore,
    /// as four little-endian bytes in lower-case hex. Grafana service accounts.
    Crc32HexleAll,
    /// … `=` + 8 characters: CRC-32 of all before them, `=` included, in upper-case
    /// hex. Atlassian API tokens: seen on published samples.
    Crc32HexUpperAll,
    /// `…_` + body + 6 characters: CRC-32 of all before them in base62 with the
    /// lower-case letters first. Apify: seen on published samples.
    Crc32Base62LfAll,
    /// `…_` + body + 1 character: the exclusive or of the body's bytes modulo 62.
    /// crates.io trusted publishing: its public source code.
    XorMod62,
    /// prefix + payload + `.` + length (2) + CRC-32 (7), both in base 36. GitLab:
    /// "Routable tokens" design document.
    ///
    /// Sealing also writes the length, unless the one that stands there already
    /// fits a payload that begins after a `-` or `_`.
    GitlabRoutable,
    /// As [`Self::GitlabRoutable`] with version (2) + `.` before the length.
    GitlabRoutableVersioned,
    /// 40 characters with `Q~` at 4: the last 3 are from Marvin32 in base 66.
    /// Microsoft Entra ID client secrets: Microsoft's Security Utilities.
    AadMarvin,
    /// 52 characters of lower-case base32 (RFC 4648) with the four bytes of a CRC-32
    /// strewn among the others. Azure DevOps access tokens before 2024: Microsoft's
    /// Security Utilities.
    ///
    /// Both constants, of users and of applications, verify; sealing takes the
    /// users' one.
    AdoCrc32,
    /// 84 or 88 characters with the mark of the second generation of identifiable
    /// keys at 52: Marvin32 in base62, any provider signature. Microsoft's Security
    /// Utilities.
    ///
    /// Sealing does not write the mark: without it the answer is `None`. Both notations
    /// of the checksum verify, base62 and that of the first keys, base 64; sealing
    /// takes base62.
    AzureCask,
    /// The first generation of Microsoft's identifiable keys, by service.
    His(HisService),
}

impl Checksum {
    /// Every checksum, each once.
    pub const ALL: &'static [Self] = &[
        Self::Crc32Base62Body,
        Self::Crc32Base62Tail,
        Self::Crc32HexBody,
        Self::Crc32HexleAll,
        Self::Crc32HexUpperAll,
        Self::Crc32Base62LfAll,
        Self::XorMod62,
        Self::GitlabRoutable,
        Self::GitlabRoutableVersioned,
        Self::AadMarvin,
        Self::AdoCrc32,
        Self::AzureCask,
        Self::His(HisService::Storage),
        Self::His(HisService::Cosmos),
        Self::His(HisService::Functions),
        Self::His(HisService::ContainerRegistry),
        Self::His(HisService::Redis),
        Self::His(HisService::Batch),
        Self::His(HisService::ServiceBus),
        Self::His(HisService::EventHubs),
        Self::His(HisService::Relay),
        Self::His(HisService::IotHub),
        Self::His(HisService::IotDevice),
        Self::His(HisService::IotDps),
        Self::His(HisService::SearchAdmin),
        Self::His(HisService::SearchQuery),
        Self::His(HisService::ApimDirectManagement),
        Self::His(HisService::ApimGateway),
        Self::His(HisService::ApimRepository),
        Self::His(HisService::ApimSubscription),
        Self::His(HisService::MlClassic),
    ];

    /// The name that rules use, for instance `crc32-base62-body`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crc32Base62Body => "crc32-base62-body",
            Self::Crc32Base62Tail => "crc32-base62-tail",
            Self::Crc32HexBody => "crc32-hex-body",
            Self::Crc32HexleAll => "crc32-hexle-all",
            Self::Crc32HexUpperAll => "crc32-hex-upper-all",
            Self::Crc32Base62LfAll => "crc32-base62lf-all",
            Self::XorMod62 => "xor-mod62",
            Self::GitlabRoutable => "gitlab-routable",
            Self::GitlabRoutableVersioned => "gitlab-routable-versioned",
            Self::AadMarvin => "aad-marvin",
            Self::AdoCrc32 => "ado-crc32",
            Self::AzureCask => "azure-cask",
            Self::His(service) => service.checksum_name(),
        }
    }

    /// The checksum with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == name)
    }

    /// Writes the right check characters into `token`, which is a whole token with
    /// any characters at the check positions.
    ///
    /// `None`, with `token` as it was, when it does not have the shape this checksum
    /// belongs to. Fixed signatures and padding must already stand in it.
    pub fn seal(self, token: &mut [u8]) -> Option<()> {
        self.seal_with(0, token)
    }

    /// Whether `token` carries its right check characters: false also for a wrong
    /// shape.
    pub fn verify(self, token: &[u8]) -> bool {
        (0..self.choices()).any(|choice| {
            let mut sealed = token.to_vec();
            self.seal_with(choice, &mut sealed).is_some() && sealed == token
        })
    }

    /// How many constants or notations the issuer uses for tokens of one shape.
    fn choices(self) -> usize {
        match self {
            Self::AdoCrc32 => azure::ADO_MASKS.len(),
            Self::AzureCask => azure::CaskCheck::ALL.len(),
            Self::His(service) => service.seeds().len(),
            _ => 1,
        }
    }

    /// Seals with one of the [`choices`](Self::choices).
    fn seal_with(self, choice: usize, token: &mut [u8]) -> Option<()> {
        match self {
            Self::Crc32Base62Body => crc32::seal_base62_body(token),
            Self::Crc32Base62Tail => crc32::seal_base62_tail(token),
            Self::Crc32HexBody => crc32::seal_hex_body(token),
            Self::Crc32HexleAll => crc32::seal_hexle_all(token),
            Self::Crc32HexUpperAll => crc32::seal_hex_upper_all(token),
            Self::Crc32Base62LfAll => crc32::seal_base62lf_all(token),
            Self::XorMod62 => crc32::seal_xor_mod62(token),
            Self::GitlabRoutable => crc32::seal_gitlab(token, false),
            Self::GitlabRoutableVersioned => crc32::seal_gitlab(token, true),
            Self::AadMarvin => azure::seal_aad(token),
            Self::AdoCrc32 => azure::seal_ado(*azure::ADO_MASKS.get(choice)?, token),
            Self::AzureCask => azure::seal_cask(*azure::CaskCheck::ALL.get(choice)?, token),
            Self::His(service) => service.seal(**service.seeds().get(choice)?, token),
        }
    }
}
