using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;
using Vitrine.Cli.CommandLine;

namespace Vitrine.Cli.Tests;

/// <summary>The functions that answer requests, and what they reach.</summary>
public partial class Answering
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
                    typeof(Commands.TokenizeCommand).GetMethod("Of")!,
                    typeof(Commands.BenchCommand).GetMethod("Of")!,
                    typeof(Commands.ReportCommand).GetMethod("Of")!,
                    typeof(Commands.RunCommand).GetMethod("Of")!,
                    typeof(Commands.TrainCommand).GetMethod("Of")!,
                ]).SelectMany(Consoles),
        ];
        Assert.Empty(wrong);
    }

    /// <summary>The walk finds a console where there is one: in a command's printing.</summary>
    [Fact]
    public void Printing_does() => Assert.NotEmpty(Consoles(
        typeof(Commands.CacheCommand).GetMethod(
            "Print", BindingFlags.NonPublic | BindingFlags.Static)!));

    /// <summary>A server has fields and no options: messages name those.</summary>
    [Fact]
    public void No_answer_names_an_option() => Assert.Empty(
        from function in Functions
        from method in Walked(function)
        from text in Texts(method)
        where Option().IsMatch(text)
        select $"{function.DeclaringType!.Name}: {text}");

    /// <summary>The walk finds options where there are some: in a command's own making.</summary>
    [Fact]
    public void A_command_does() => Assert.Contains(
        Walked(typeof(Commands.CacheCommand).GetMethod("Create")!).SelectMany(Texts),
        text => Option().IsMatch(text));

    [GeneratedRegex("--[a-z]")]
    private static partial Regex Option();

    private static IEnumerable<string> Consoles(MethodInfo function) =>
        from method in Walked(function)
        from member in Reached(method)
        let type = (member as Type) ?? member.DeclaringType ?? typeof(object)
        where IsConsole(type)
        select $"{function.DeclaringType!.Name}: {method} reaches {type}";

    /// <summary>A function and every one of ours that it reaches.</summary>
    private static IEnumerable<MethodBase> Walked(MethodInfo function)
    {
        var seen = new HashSet<MethodBase>();
        var open = new Stack<MethodBase>([function]);
        while (open.TryPop(out MethodBase? method))
        {
            if (!seen.Add(method))
            {
                continue;
            }

            yield return method;
            foreach (MemberInfo member in Reached(method))
            {
                if (member is MethodBase { DeclaringType: { } type } next && IsOurs(type.Assembly))
                {
                    open.Push(next);

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
        Type[] ofType = method.DeclaringType is { IsGenericType: true } type
            ? type.GetGenericArguments() : [];
        Type[] ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : [];
        return Named(method)
            .Where(one => one.Kind is OperandType.InlineMethod or OperandType.InlineField
                or OperandType.InlineType or OperandType.InlineTok)
            .Select(one => method.Module.ResolveMember(one.Token, ofType, ofMethod)!);
    }

    /// <summary>The texts in a body.</summary>
    private static IEnumerable<string> Texts(MethodBase method) =>
        Named(method).Where(one => one.Kind == OperandType.InlineString)
            .Select(one => method.Module.ResolveString(one.Token));

    /// <summary>What the instructions of a body name.</summary>
    private static IEnumerable<(OperandType Kind, int Token)> Named(MethodBase method)
    {
        byte[] body = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int at = 0; at < body.Length;)
        {
            short value = body[at++];
            OpCode code = Codes[value == 0xfe ? (short)(0xfe00 | body[at++]) : value];
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField
                or OperandType.InlineType or OperandType.InlineTok or OperandType.InlineString)
            {
                yield return (code.OperandType, BitConverter.ToInt32(body, at));
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
