use super::{Issuer, IssuerSetting, TenantTemplate, key_may_sign, template_of};

const TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
const OTHER: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const TEMPLATE: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";

fn template() -> TenantTemplate {
    TenantTemplate::parse(TEMPLATE).expect("Entra's template")
}

#[test]
fn a_template_has_the_tenant_once_and_as_a_whole_segment() {
    let rows = [
        (TEMPLATE, true),
        ("https://sts.windows.net/{tenantid}/", true),
        ("https://sts.windows.net/{tenantid}", true),
        ("https://login.microsoftonline.com/common/v2.0", false),
        ("https://{tenantid}.example/v2.0", false),
        ("https://a.example/x{tenantid}/v2.0", false),
        ("https://a.example/{tenantid}x/v2.0", false),
        ("https://a.example/{tenantid}/{tenantid}", false),
        ("https://a.example/{tenant}/{tenantid}", false),
        ("https://a.example/{tenantid}/}", false),
        ("", false),
    ];
    for (text, expected) in rows {
        let template = TenantTemplate::parse(text);
        assert_eq!(template.is_some(), expected, "{text}");
        assert!(template.is_none_or(|template| template.as_str() == text));
    }
}

#[test]
fn the_template_covers_every_tenant_and_nothing_else() {
    let of = |tenant: &str| format!("https://login.microsoftonline.com/{tenant}/v2.0");
    let rows = [
        (of(TENANT), Some(TENANT)),
        (of(OTHER), Some(OTHER)),
        (of(TENANT) + "/", None),
        (format!("https://login.microsoftonline.com/{TENANT}"), None),
        (of("common"), None),
        (of("contoso-example"), None),
        (of(""), None),
        ("https://login.microsoftonline.com/v2.0".to_owned(), None),
        (of(&format!("x/{TENANT}")), None),
        (of(&format!("{TENANT}/x")), None),
        (of(&TENANT.replace('-', "")), None),
        (TEMPLATE.to_owned(), None),
    ];
    let setting = IssuerSetting::EntraTemplate(template());
    for (issuer, tenant) in rows {
        assert_eq!(template().tenant_of(&issuer), tenant, "{issuer}");
        let issuer = Issuer::new(issuer);
        assert_eq!(setting.covers(&issuer), tenant.is_some(), "{issuer}");
        let found = template_of(&issuer, std::slice::from_ref(&setting));
        assert_eq!(found.is_some(), tenant.is_some(), "{issuer}");
    }
    assert_eq!(template().filled_with(TENANT), of(TENANT));
}

#[test]
fn an_issuer_that_is_written_exactly_has_no_template() {
    let issuer = Issuer::new(template().filled_with(TENANT));
    let settings = [
        IssuerSetting::EntraTemplate(template()),
        IssuerSetting::Exact(issuer.clone()),
    ];
    assert_eq!(template_of(&issuer, &settings), None);
    let other = Issuer::new(template().filled_with(OTHER));
    assert_eq!(template_of(&other, &settings), Some(&template()));
}

#[test]
fn a_key_signs_for_its_own_issuer_in_both_versions_of_the_tenant() {
    let v1 = format!("https://sts.windows.net/{TENANT}/");
    let v2 = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
    let foreign = format!("https://login.microsoftonline.com/{OTHER}/v2.0");
    let rows = [
        (TEMPLATE, v2.as_str(), true),
        (TEMPLATE, &v1, true),
        ("https://sts.windows.net/{tenantid}/", &v1, true),
        (&v2, &v2, true),
        (&v2, &v1, true),
        (&v2, &foreign, false),
        (&foreign, &v1, false),
        (&v1, &v2, false),
        (TEMPLATE, "https://evil.example/", false),
        (
            "https://{tenantid}.example/",
            "https://evil.example/",
            false,
        ),
    ];
    for (key_issuer, issuer, expected) in rows {
        assert_eq!(
            key_may_sign(key_issuer, issuer),
            expected,
            "{key_issuer} for {issuer}"
        );
    }
}
