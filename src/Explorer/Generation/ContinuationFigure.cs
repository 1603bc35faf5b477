using Vitrine.Interp.Generation;

namespace Vitrine.Explorer;

/// <summary>What <c>vt-continuation</c> draws: texts whose generated tokens are shaded by their
/// probability.</summary>
/// <param name="Texts">One, or the same prompt continued with and without steering.</param>
/// <param name="Initial">The generated token whose candidates are shown first, from 0.</param>
internal sealed record ContinuationFigure(
    IReadOnlyList<ContinuedText> Texts, int Initial = 0);

/// <summary>A prompt and what was generated after it.</summary>
/// <param name="Name">What tells it from others; null for a single one.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Tokens">The generated tokens with their candidates.</param>
internal sealed record ContinuedText(
    string? Name, IReadOnlyList<int> Prompt, IReadOnlyList<GeneratedToken> Tokens);
