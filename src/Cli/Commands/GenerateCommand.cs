using System.CommandLine;
using Vitrine.Cli.CommandLine;
using Vitrine.Explorer;
using Vitrine.Interp;
using Vitrine.Interp.Attention;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Generation;
using Vitrine.Models.Generation;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine generate MODEL TEXT</c>: how the model continues a text.</summary>
internal static class GenerateCommand
{
    private const int UsualTokens = 50;
    private const int Candidates = 8;

    /// <summary>What is continued, by how many tokens, how they are drawn, and what is changed in
    /// the model.</summary>
    internal sealed record Request(
        string Model, Passage Prompt, int? Tokens, float Temperature, int TopK)
        : SubjectRequest(Model)
    {
        /// <summary>Heads and layers with the factors of their z: <c>1.0=0</c>.</summary>
        public IReadOnlyList<string> Scale { get; init; } = [];

        /// <summary>Activation additions: <c>1=4* love| hate</c>.</summary>
        public IReadOnlyList<string> Add { get; init; } = [];
    }

    /// <summary>A continuation.</summary>
    /// <param name="Prompt">The prompt's tokens.</param>
    /// <param name="Ids">The tokens after it.</param>
    /// <param name="Text">Their text; null for a model without a tokenizer.</param>
    /// <param name="Temperature">0 for the likeliest token every time.</param>
    /// <param name="TopK">How many of the likeliest tokens could be drawn; 0 for all.</param>
    /// <param name="Seed">Which draws.</param>
    /// <param name="Steps">Each token with the likeliest ones at its place.</param>
    /// <param name="Scaled">The heads that were scaled.</param>
    /// <param name="Added">What was added to the residual stream.</param>
    /// <param name="Unsteered">What the unchanged model says; null where nothing was
    /// changed.</param>
    internal sealed record Generated(
        IReadOnlyList<int> Prompt, IReadOnlyList<int> Ids, string? Text, float Temperature,
        int TopK, ulong Seed, IReadOnlyList<GeneratedToken> Steps,
        IReadOnlyList<ScaledHead> Scaled, IReadOnlyList<AddedActivations> Added,
        Unsteered? Unsteered);

    /// <summary>The continuation without steering.</summary>
    internal sealed record Unsteered(
        IReadOnlyList<int> Ids, string? Text, IReadOnlyList<GeneratedToken> Steps);

    public static Command Create()
    {
        var passage = new PassageArgument();
        Option<int?> count = CommonOptions.Of<int?>(
            "--tokens", "How many tokens [default: 50, or what the context leaves]", "N",
            tokens => tokens is < 1 ? $"--tokens: must be 1 or more; got {tokens}." : null);
        Option<float> temperature = CommonOptions.Of<float>(
            "--temperature", "What logits are divided by; 0 takes the likeliest token every "
            + "time [default: 0]", "T",
            value => value >= 0 && float.IsFinite(value) ? null
                : $"--temperature: must be 0 or more; got {value}.");
        Option<int> topK = CommonOptions.Of<int>(
            "--top-k", "Draw from so many of the likeliest tokens only; 0 for all [default: 0]",
            "K",
            value => value < 0 ? $"--top-k: must be 0 or more; got {value}." : null);
        Option<string[]> scale = CommonOptions.Of<string[]>(
            "--scale", "Multiply the output z of a head, or of all heads of a layer, by a factor; "
            + "may be given again", "1.0=0|1=0.5");
        Option<string[]> add = CommonOptions.Of<string[]>(
            "--add", "Add to the residual stream before a layer, from position 0 on, a coefficient "
            + "times the difference of two prompts' activations there (Turner et al. 2023); may be "
            + "given again", "\"1=4* love| hate\"");
        return new Command("generate", "Continue a text token by token")
        {
            passage.Model, passage.Text, passage.Ids, count, temperature, topK, scale, add,
            CommandPage.Html,
        }.Asks(
            parse => parse.GetValue(topK) > 0 && parse.GetValue(temperature) == 0
                ? throw new RequestException(
                    "--top-k: nothing is drawn at --temperature 0; give one above 0.")
                : new Request(
                    parse.GetRequiredValue(passage.Model), passage.Read(parse),
                    parse.GetValue(count), parse.GetValue(temperature), parse.GetValue(topK))
                {
                    Scale = parse.GetValue(scale) ?? [],
                    Add = parse.GetValue(add) ?? [],
                },
            Of, Print,
            """vitrine generate runs/2-layer "The Congress shall" """.TrimEnd(),
            """vitrine generate runs/2-layer "The Congress shall" --temperature 0.8 --top-k 40""",
            """vitrine generate runs/2-layer "The Congress shall" --scale 1.0=0 --html page.html""",
            """vitrine generate runs/2-layer "We are at" --add "1=4* war| peace" """.TrimEnd());
    }

    /// <summary>Answers the request.</summary>
    public static Answer<Generated> Of(
        Subject subject, Request request, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        int[] prompt = request.Prompt.Tokens(subject);
        int context = subject.Model.Config.Context;
        int room = context == 0 ? int.MaxValue : context - prompt.Length + 1;
        if (request.Tokens > room)
        {
            throw new RequestException(
                $"`tokens`: the context of {context} leaves room for {room} after "
                + $"{prompt.Length}; got {request.Tokens}.");
        }

        int wanted = Math.Min(request.Tokens ?? UsualTokens, room);
        var options = new SamplingOptions
        {
            Temperature = request.Temperature,
            TopK = request.TopK,
            Seed = request.Seed,
        };
        ScaledHead[] scaled =
            [.. request.Scale.SelectMany(text => SteeringRequest.Scaled(subject, text))];
        AddedActivations[] added =
        [
            .. request.Add.Select(text => SteeringRequest.Added(subject, text, prompt.Length)),
        ];
        Steering? steering = scaled.Length + added.Length == 0 ? null
            : SteeringRequest.Of(subject.Model, scaled, added);
        Continuation plain = Continued(null);
        Continuation shown = steering is null ? plain : Continued(steering);
        return new Answer<Generated>(
            new Generated(
                prompt, Ids(shown), Text(shown), options.Temperature, options.TopK, options.Seed,
                shown.Tokens, scaled, added,
                steering is null ? null : new Unsteered(Ids(plain), Text(plain), plain.Tokens)),
            () => steering is null
                ? ContinuationPage.Of(
                    options, plain, subject.Heads.Count == 0 ? null : Read(plain, null))
                : ContinuationPage.Of(
                    options, ContinuationFindings.Of(scaled, added),
                    (shown, Read(shown, steering)), (plain, Read(plain, null))));

        Continuation Continued(Steering? how) => Continuation.Of(
            subject.Model, prompt, wanted, options, Candidates, how, stop);

        string? Text(Continuation one) => subject.Tokenizer?.Decode(Ids(one));

        // The last token may stand after the end of the context: nothing is read there.
        PassageAttention Read(Continuation one, Steering? how) => PassageAttention.Of(
            subject.Model, one.All.AsSpan(0, Math.Min(one.All.Length, context)),
            Math.Min(Candidates, subject.Vocabulary), how);
    }

    private static int[] Ids(Continuation one) => [.. one.Tokens.Select(token => token.Id)];

    private static void Print(
        Terminal terminal, Subject subject, Request request, Generated result)
    {
        if (result.Unsteered is not { } plain)
        {
            terminal.Output.WriteLine(Whole(result.Ids));
            return;
        }

        terminal.Say(ContinuationFindings.Of(result.Scaled, result.Added).Plain(subject.Display));
        terminal.Say("With steering:");
        terminal.Output.WriteLine(Whole(result.Ids));
        terminal.Say("Without steering:");
        terminal.Output.WriteLine(Whole(plain.Ids));

        string Whole(IReadOnlyList<int> ids) =>
            subject.Tokenizer?.Decode([.. result.Prompt, .. ids])
            ?? string.Join(' ', result.Prompt.Concat(ids).Select(subject.Display));
    }
}
