use serde_json::{Value, json};

use super::*;

fn event() -> Value {
    json!({
        "headers": {"Host": "a", "token": "t"},
        "queryStringParameters": {"room": "lobby"},
        "stageVariables": {"table": "rooms"},
        "requestContext": {"connectionId": "c=", "requestId": "r", "requestTimeEpoch": 1000, "authorizer": {"principalId": "me"}},
    })
}

fn rendered(template: &str) -> String {
    let body = r#"{"MessageGroupId": "g 1", "n": 3, "list": [1, "b"], "text": "it's \"x\""}"#;
    render(template, &Input { body, event: &event() }).unwrap_or_else(|error| error.to_string())
}

#[test]
fn references_are_replaced_by_their_values() {
    for (template, output) in [
        ("$context.connectionId ${context.requestId}", "c= r"),
        ("$context.authorizer.principalId, $context.authorizer.missing.", "me, ."),
        ("$stageVariables.table$stageVariables.other", "rooms"),
        ("$input.params('room') $input.params('token') $input.params('x')", "lobby t "),
        ("$input.params().get('querystring')", "{room=lobby}"),
        ("$input.path('$.list')", "[1, b]"),
        ("$input.json('$.list')", r#"[1,"b"]"#),
        ("$input.json('$.missing')", r#""""#),
        ("$unset $!unset costs $5 \\$x #1", "$unset  costs $5 $x #1"),
    ] {
        assert_eq!(rendered(template), output, "{template}");
    }
}

#[test]
fn a_message_for_a_queue_is_a_form() {
    let template = "Action=SendMessage&MessageGroupId=$util.urlEncode($input.path('$.MessageGroupId'))&MessageBody=$util.urlEncode($input.json('$.list'))";
    assert_eq!(rendered(template), "Action=SendMessage&MessageGroupId=g+1&MessageBody=%5B1%2C%22b%22%5D");
}

#[test]
fn functions_of_util_convert_text() {
    for (template, output) in [
        ("$util.escapeJavaScript($input.path('$.text'))", r#"it\'s \"x\""#),
        (r#"$util.escapeJavaScript($input.path('$.text')).replaceAll("\\'", "'")"#, r#"it's \"x\""#),
        ("$util.base64Encode('a')$util.base64Decode('YQ==')", "YQ==a"),
        ("$util.urlDecode('a+b%2F')", "a b/"),
        ("$util.parseJson('{\"a\": [5]}').a[0]", "5"),
    ] {
        assert_eq!(rendered(template), output, "{template}");
    }
}

#[test]
fn variables_conditions_and_loops() {
    for (template, output) in [
        ("#set($ttl = $context.requestTimeEpoch + 86400)\n{\"N\": \"$ttl\"}", "{\"N\": \"87400\"}"),
        ("#if($input.path('$.n') > 2 && !$unset)a#{else}b#end", "a"),
        ("#if($unset)a#elseif('x' == \"x\")b#else c#end", "b"),
        (
            "#foreach($item in $input.path('$.list'))$foreach.index:$item#if($foreach.hasNext),#end#end",
            "0:1,1:b",
        ),
        ("#foreach($n in [1..3])$n#end$n", "123$n"),
        ("#set($map = {'a': 1})#set($unused = $map.put('b', 2))$map.b$map.keySet()", "2[a, b]"),
        ("#set($list = [])#set($unused = $list.add(7))$list.size()$list[0]", "17"),
        ("#set($s = \"${context.requestId}-x\")$s.toUpperCase().substring(0, 2)", "R-"),
        ("a## comment\nb#* more *#c", "abc"),
        ("$input.path('$.n')*2 = #set($d = ($input.path('$.n') + 1) * 2 / 3)$d", "3*2 = 2"),
    ] {
        assert_eq!(rendered(template), output, "{template}");
    }
}

#[test]
fn what_is_malformed_or_not_done_is_named() {
    for (template, part) in [
        ("#if($a)b", "`#end` is missing"),
        ("b#end", "has no `#if`"),
        ("#set($a.b = 1)", "plain variable"),
        ("#macro(x)#end", "`#macro` is not done"),
        ("$input.path('$.text').matches('.*')", "the method matches is not done"),
        ("$util.other('a')", "no such function"),
        ("#set($a = 1 / 0)", "no numbers"),
        ("#foreach($n in [1..9999999])#end", "more than"),
        ("$util.urlEncode('a", "closing"),
    ] {
        assert!(rendered(template).contains(part), "{template}: {}", rendered(template));
    }
    let deep = "#if(true)".repeat(100);
    assert!(rendered(&deep).contains("contain each other"));
}
