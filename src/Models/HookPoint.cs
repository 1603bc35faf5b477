namespace Vitrine.Models;

/// <summary>A place in the forward pass where a hook runs.</summary>
/// <param name="Name">One of <see cref="HookNames"/>.</param>
/// <param name="Layer">Its layer; null outside the layers.</param>
public readonly record struct HookPoint(string Name, int? Layer);
