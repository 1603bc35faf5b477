using System.Reflection;
using System.Reflection.Emit;
using Vitrine.Cli.CommandLine;

namespace Vitrine.Cli.Tests;

/// <summary>The functions that answer requests, and what they reach.</summary>
public class Answering
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>The functions: every <c>Of</c> of a command that takes a request.</summary>
    internal static IEnumerable<MethodInfo> Functions =>
        from type in typeof(Application).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static)
        where method.Name == "Of" && method.GetParameters().Any(
            one => one.ParameterType.IsSubclassOf(typeof(SubjectRequest)))
        select method;

    [Fact]
    public void No_answer_reaches_a_console()
    {
        string[] wrong =
        [
            .. Functions.Concat(
                [
                    typeof(CommandPage).GetMethod("Of")!,
                    typeof(ZeroLayerExplanation).GetMethod("Of")!,
                    typeof(AttentionOnlyExplanation).GetMethod("Of")!,
                    typeof(Commands.TokenizeCommand).GetMethod("Of")!,
                ]).SelectMany(Consoles),
        ];
        Assert.Empty(wrong);
    }

    /// <summary>The walk finds a console where there is one: in a command's printing.</summary>
    [Fact]
    public void Printing_does() => Assert.NotEmpty(Consoles(
        typeof(Commands.CacheCommand).GetMethod(
            "Print", BindingFlags.NonPublic | BindingFlags.Static)!));

    private static IEnumerable<string> Consoles(MethodInfo from)
    {
        var seen = new HashSet<MethodBase>();
        var open = new Stack<MethodBase>([from]);
        while (open.TryPop(out MethodBase? method))
        {
            if (!seen.Add(method))
            {
                continue;
            }

            foreach (MemberInfo member in Reached(method))
            {
                Type type = member as Type ?? member.DeclaringType ?? typeof(object);
                if (IsConsole(type))
                {
                    yield return $"{from.DeclaringType!.Name}: {method} reaches {type}";
                }

                if (member is MethodBase { DeclaringType.Assembly: var assembly } next
                    && IsOurs(assembly))
                {
                    open.Push(next);
                }

                // The class of an iterator is reached as a whole, by its constructor.
                if (member is ConstructorInfo && type.Name.StartsWith('<')
                    && type.Name.Contains(">d__", StringComparison.Ordinal))
                {
                    foreach (MethodInfo step in type.GetMethods(Everything))
                    {
                        open.Push(step);
                    }
                }
            }
        }
    }

    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static bool IsOurs(Assembly assembly) =>
        assembly.GetName().Name is "vitrine" or "Vitrine.Explorer" or "Vitrine.Interp";

    private static bool IsConsole(Type type) => type == typeof(Console) || type == typeof(Terminal)
        || type.Namespace is { } name && (name.StartsWith("Spectre", StringComparison.Ordinal)
            || name.StartsWith("System.CommandLine", StringComparison.Ordinal));

    /// <summary>Methods, fields and types that a body names.</summary>
    private static IEnumerable<MemberInfo> Reached(MethodBase method)
    {
        byte[] body = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[] ofType = method.DeclaringType is { IsGenericType: true } type
            ? type.GetGenericArguments() : [];
        Type[] ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int at = 0; at < body.Length;)
        {
            short value = body[at++];
            OpCode code = Codes[value == 0xfe ? (short)(0xfe00 | body[at++]) : value];
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField
                or OperandType.InlineType or OperandType.InlineTok)
            {
                yield return method.Module.ResolveMember(
                    BitConverter.ToInt32(body, at), ofType, ofMethod)!;
            }

            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI
                    or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(body, at),
                _ => 4,
            };
        }
    }
}
